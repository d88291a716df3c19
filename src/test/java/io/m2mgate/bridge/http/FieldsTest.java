package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Problem;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FieldsTest {

  // Verifies that bytes that look like UTF-32 and break off are the client's fault, not ours.
  @Test
  void refusesABrokenEncoding() {
    Buffer body = Buffer.buffer(new byte[] {'\n', 0, 0, 0, 0, '\n'});

    assertThatThrownBy(() -> Fields.parse(body, "a")).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Fields.raw(body)).isInstanceOf(Problem.class);
  }
}
