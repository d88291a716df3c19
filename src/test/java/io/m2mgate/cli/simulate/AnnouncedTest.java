package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncedTest {
  private static Optional<Announced> parse(String url) {
    return Announced.parse(url.getBytes(StandardCharsets.US_ASCII));
  }

  // Verifies that all of a URL is read, and that its checks may be missing.
  @Test
  void readsTheUrl() {
    assertThat(parse("WMMP://gw.example.net:7001/f?TRANS_ID=0000FFFF&FILE_SIZE=4294967295"
            + "&CRC16=00AB&CRC32=FFFFFFFE&VER_DSC=2.1"))
        .contains(new Announced(0xFFFF, 4_294_967_295L, Optional.of(-2), "2.1"));
    assertThat(parse("WMMP://h:1/f?TRANS_ID=00000001&FILE_SIZE=1&VER_DSC=10.20"))
        .contains(new Announced(1, 1, Optional.empty(), "10.20"));
  }

  // Verifies that a terminal takes no URL of another scheme, without a version, or of an empty
  // file.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://h:1/f?TRANS_ID=00000001&FILE_SIZE=1&VER_DSC=1.0",
        "WMMP://h:1/f?TRANS_ID=00000001&FILE_SIZE=1",
        "WMMP://h:1/f?TRANS_ID=00000001&FILE_SIZE=0&VER_DSC=1.0",
        "WMMP://h:1/f?TRANS_ID=1&FILE_SIZE=1&VER_DSC=1.0"
      })
  void refuses(String url) {
    assertThat(parse(url)).isEmpty();
  }
}
