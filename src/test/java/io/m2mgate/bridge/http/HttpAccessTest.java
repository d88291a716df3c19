package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.ClientAddress;
import io.m2mgate.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a request is taken to come from. */
class HttpAccessTest {

  private static final List<Cidr> TRUSTED = List.of(
      Cidr.parse("127.0.0.0/8").orElseThrow(), Cidr.parse("2001:db8::/32").orElseThrow());

  /** Verifies that proxies are believed from the right, as long as they are trusted, and nobody else is. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "127.0.0.1 | '' | 127.0.0.1",
        "203.0.113.9 | 10.1.1.1 | 203.0.113.9",
        "127.0.0.1 | 10.1.1.1 | 10.1.1.1",
        "127.0.0.1 | 10.6.6.6, 10.1.1.1 | 10.1.1.1",
        "127.0.0.1 | 10.6.6.6, 10.1.1.1, 127.0.0.7, 2001:db8::7 | 10.1.1.1",
        "127.0.0.1 | 127.0.0.3, 127.0.0.2 | 127.0.0.3",
        "127.0.0.1 | 10.1.1.1, unknown | -",
        "127.0.0.1 | localhost | -",
        "127.0.0.1 | 10.1.1.1:4711 | 10.1.1.1",
        "127.0.0.1 | [2001:db9::1]:4711 | 2001:db9::1",
        "::ffff:127.0.0.1 | ::ffff:10.1.1.1 | 10.1.1.1"
      })
  void believesTrustedProxies(String peer, String header, String client) throws Exception {
    // WHEN
    var found = HttpAccess.from(
        ClientAddress.of(peer), header.isEmpty() ? List.of() : List.of(header), TRUSTED);

    // THEN
    assertThat(found)
        .isEqualTo(client == null ? Optional.empty() : Optional.of(InetAddress.getByName(client)));
  }

  /** Verifies that several headers are one list. */
  @Test
  void joinsHeaders() throws Exception {
    // WHEN
    var found = HttpAccess.from(
        ClientAddress.of("127.0.0.1"), List.of("10.6.6.6", "10.1.1.1, 127.0.0.2"), TRUSTED);

    // THEN
    assertThat(found).hasValue(InetAddress.getByName("10.1.1.1"));
  }

  /** Verifies that an IPv4 address within IPv6 lies in the ranges of IPv4. */
  @Test
  void seesIpv4WithinIpv6() {
    // WHEN
    var address = ClientAddress.of("::ffff:192.0.2.7").orElseThrow();

    // THEN
    assertThat(Cidr.parse("192.0.2.0/24").orElseThrow().contains(address)).isTrue();
    assertThat(Cidr.parse("::/0").orElseThrow().contains(address)).isFalse();
  }
}
