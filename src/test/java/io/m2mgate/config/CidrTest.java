package io.m2mgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  // Verifies that a range holds exactly the addresses that share its prefix.
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.129, true",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/32, 2001:db8:1::1, true",
    "::1/128, ::2, false"
  })
  void holdsItsAddresses(String range, String address, boolean held) throws UnknownHostException {
    assertThat(Cidr.parse(range).orElseThrow().contains(InetAddress.getByName(address)))
        .isEqualTo(held);
  }

  // Verifies that anything else is refused, and that no name is ever resolved.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0/8",
        "10.0.0.0/x",
        "300.1.1.1",
        "::1/129"
      })
  void refusesAnythingElse(String text) {
    assertThat(Cidr.parse(text)).isEmpty();
  }
}
