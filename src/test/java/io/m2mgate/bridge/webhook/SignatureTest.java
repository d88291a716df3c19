package io.m2mgate.bridge.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Signatures (Standard Webhooks). */
class SignatureTest {
  private static final byte[] NONE = {};
  private static final byte[] SECRET =
      Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final long AT = 1_614_265_330_999L;
  private static final String BODY = "{\"test\": 2432232314}";
  /** Made by the reference implementation. */
  private static final String EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

  // Verifies the published example.
  @Test
  void signsAsPublished() {
    assertThat(new Signature(SECRET, NONE, 0).of(ID, AT, BODY)).isEqualTo(EXPECTED);
  }

  // Verifies that both secrets sign until the overlap is over, the new one first.
  @Test
  void signsTwiceWhileSecretsOverlap() {
    byte[] fresh = Signature.fresh(new SecureRandom());
    Signature both = new Signature(fresh, SECRET, AT + 1);
    assertThat(both.of(ID, AT, BODY)).endsWith(" " + EXPECTED);
    assertThat(both.of(ID, AT + 1, BODY)).doesNotContain(" ");
    assertThat(Signature.shown(fresh)).startsWith("whsec_").hasSize(50);
  }
}
