package io.m2mgate.bridge.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.config.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom webhooks may call ({@code application.md}, Security). */
class AddressRuleTest {

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  // Verifies that public addresses may be called, and are not this machine.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.1.1",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.1.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2400:cb00::1"
      })
  void allowsThePublicOnes(String text) {
    assertThat(new AddressRule.Public().allows(address(text))).isTrue();
    assertThat(new AddressRule.Loopback().allows(address(text))).isFalse();
  }

  // Verifies that nothing else may be called, in whatever form it comes.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void refusesAllOthers(String text) {
    assertThat(new AddressRule.Public().allows(address(text))).isFalse();
  }

  // Verifies that the operator's ranges are taken as they are, and nothing beside them.
  @Test
  void goesByTheRangesThatAreNamed() {
    var rule = new AddressRule.Within(
        List.of(Cidr.parse("10.1.0.0/16").orElseThrow(), Cidr.parse("fd00::/8").orElseThrow()));
    assertThat(rule.allows(address("10.1.2.3"))).isTrue();
    assertThat(rule.allows(address("fd12::1"))).isTrue();
    assertThat(rule.allows(address("10.2.0.1"))).isFalse();
    assertThat(rule.allows(address("8.8.8.8"))).isFalse();
    assertThat(rule.allows(address("127.0.0.1"))).isFalse();
  }

  // Verifies that without ranges this machine is its loopback addresses.
  @Test
  void knowsThisMachine() {
    assertThat(new AddressRule.Loopback().allows(address("127.3.2.1"))).isTrue();
    assertThat(new AddressRule.Loopback().allows(address("::1"))).isTrue();
    assertThat(new AddressRule.Loopback().allows(address("10.0.0.1"))).isFalse();
  }
}
