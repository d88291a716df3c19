package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.session.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 5.2.1 over UDP: what an address is, and how much may be sent there before anybody is verified. */
class UdpOriginTest {
  private static final int CANDIDATE_BYTES = 100;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LaneMetrics metrics = new LaneMetrics(registry);
  private final UdpPort port = new UdpPort(1, CANDIDATE_BYTES, metrics);

  private UdpOrigin from(String host, int sourcePort, int bytes) throws UnknownHostException {
    return new UdpOrigin(
        port, new InetSocketAddress(InetAddress.getByName(host), sourcePort), bytes);
  }

  private double dropped(String reason) {
    return registry
        .get("m2mgate_datagrams_dropped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  // Verifies that an address is told as TCP's is, sent to as it came, and found again by its text.
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "255.255.255.255", "0.0.0.1", "2001:db8::1", "::1"})
  void keepsTheAddress(String host) throws UnknownHostException {
    InetSocketAddress sender = new InetSocketAddress(InetAddress.getByName(host), 65_535);
    UdpOrigin origin = new UdpOrigin(port, sender, 0);
    assertThat(origin.socketAddress()).isEqualTo(sender);
    assertThat(origin.address()).contains(sender.getAddress());
    assertThat(origin.remote())
        .isEqualTo(sender.getAddress().getHostAddress() + ":" + sender.getPort());
    assertThat(UdpOrigin.read(port, origin.remote())).contains(origin);
  }

  // Verifies that what is no address and port is none, and asks no name server.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ":",
        "localhost:1",
        "192.0.2.7",
        "192.0.2.7:",
        "192.0.2.7:70000",
        "192.0.2.7:-1",
        "192.0.2.7:x"
      })
  void readsNothingElse(String remote) {
    assertThat(UdpOrigin.read(port, remote)).isEmpty();
  }

  // Verifies that two are equal by address and port, whichever lane's socket they came by.
  @Test
  void isEqualByValue() throws UnknownHostException {
    UdpOrigin one = from("192.0.2.7", 40_112, 41);
    UdpOrigin same = new UdpOrigin(
        new UdpPort(0, 0, metrics),
        new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 40_112),
        9);
    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(one).isNotEqualTo(from("192.0.2.7", 40_113, 41));
    assertThat(one).isNotEqualTo(from("192.0.2.8", 40_112, 41));
    assertThat(one).isNotEqualTo(from("::1", 40_112, 41));
  }

  // Verifies that no more is answered than came, in one answer or in several, until somebody is
  // trusted.
  @Test
  void answersNoMoreThanCame() throws UnknownHostException {
    Origin origin = from("192.0.2.7", 40_112, 60);
    assertThat(origin.takesAnswer(61)).isFalse();
    assertThat(origin.takesAnswer(33)).isTrue();
    assertThat(origin.takesAnswer(28)).isFalse();
    assertThat(dropped("amplification")).isEqualTo(2);
    origin.grant(1);
    assertThat(origin.takesAnswer(28)).isTrue();
    assertThat(origin.takesAnswer(1)).isFalse();
    origin.trusted();
    assertThat(origin.takesAnswer(60_000)).isTrue();
    assertThat(dropped("amplification")).isEqualTo(3);
  }

  // Verifies that requests to an address that nothing proves have a bound of their own.
  @Test
  void asksLittleOfACandidate() throws UnknownHostException {
    Origin origin = from("192.0.2.7", 40_112, 28);
    assertThat(origin.takesRequest(CANDIDATE_BYTES + 1)).isFalse();
    assertThat(origin.takesRequest(CANDIDATE_BYTES)).isTrue();
    assertThat(origin.takesRequest(1)).isFalse();
    assertThat(origin.takesAnswer(28)).isTrue();
    assertThat(dropped("candidate-bytes")).isEqualTo(2);
    origin.trusted();
    assertThat(origin.takesRequest(60_000)).isTrue();
  }
}
