package io.m2mgate.bridge.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of receivers. */
class ReceiverTest {

  // Verifies what is taken out of a URL, and that a name is looked up later.
  @Test
  void readsUrls() {
    var named = Receiver.parse("https://Hooks.Example.com/in?x=1").orElseThrow();
    assertThat(named.tls()).isTrue();
    assertThat(named.host()).isEqualTo("hooks.example.com");
    assertThat(named.port()).isEqualTo(443);
    assertThat(named.path()).isEqualTo("/in?x=1");
    assertThat(named.literal()).isEmpty();
    assertThat(named.toString()).doesNotContain("x=1");
    var literal = Receiver.parse("http://[::1]:8081").orElseThrow();
    assertThat(literal.literal().orElseThrow().isLoopbackAddress()).isTrue();
    assertThat(literal.port()).isEqualTo(8081);
    assertThat(literal.bracketed()).contains("[::1]:8081");
    assertThat(Receiver.parse("https://[::1]/").orElseThrow().bracketed()).contains("[::1]");
    assertThat(named.bracketed()).isEmpty();
    assertThat(literal.path()).isEqualTo("/");
  }

  // Verifies that an address inside of another one is known as what it is.
  @Test
  void seesThroughMappedAddresses() {
    var mapped = Receiver.parse("http://[::ffff:127.0.0.1]/").orElseThrow();
    assertThat(new AddressRule.Public().allows(mapped.literal().orElseThrow())).isFalse();
  }

  // Verifies that what is no URL to post to is refused, addresses in odd spellings among it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hooks.example.com",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "http:///path",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://example.com/#part",
        "http://example.com:0/",
        "http://example.com:70000/",
        "http://exa mple.com/",
        "http://2130706433/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.0.0.1./",
        "http://[fe80::1%25eth0]/",
        "http://[::1/"
      })
  void refusesOthers(String url) {
    assertThat(Receiver.parse(url)).isEmpty();
  }
}
