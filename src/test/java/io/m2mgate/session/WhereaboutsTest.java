package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a terminal is asked, as its frames show it (5.2.1). */
class WhereaboutsTest {
  private static final Profile TCP_FIRST = SampleTerminal.profile("{}");
  private static final Profile SMS_FIRST = SampleTerminal.profile("{\"prefer\":\"sms\"}");

  private final FakeOrigin tcp = FakeOrigin.at("192.0.2.7:1");
  private final FakeOrigin udp = FakeOrigin.datagrams("192.0.2.7:2");
  private final MessageOrigin sms = MessageOrigin.to(0, "8613800000000");
  private final Whereabouts place = new Whereabouts();

  private void hear(Origin origin) {
    place.heard(origin, 1, false);
  }

  // Verifies that the address is that of the last verified frame, whatever it came by, and that a
  // short message does not take it from an open connection.
  @Test
  void followsTheLastFrameButNotAMessageFromAnOpenConnection() {
    hear(tcp);
    hear(udp);
    assertThat(place.address(TCP_FIRST)).contains(udp);
    hear(sms);
    assertThat(place.address(TCP_FIRST)).contains(sms);
    hear(tcp);
    hear(sms);
    assertThat(place.home()).contains(tcp);
    tcp.close();
    hear(sms);
    assertThat(place.home()).contains(sms);
  }

  // Verifies that a terminal that is to be asked by short message is asked there as soon as one
  // came.
  @Test
  void goesByMessageWhereThoseAreWanted() {
    hear(tcp);
    assertThat(place.heard(sms, 1, true)).isTrue();
    assertThat(place.address(SMS_FIRST)).contains(sms);
  }

  // Verifies that where the connection is closed an address of the same session by another bearer
  // is used, the preferred one first, and none that the profile does not allow.
  @Test
  void fallsBackOnWhatTheSessionUsedBefore() {
    hear(udp);
    hear(sms);
    hear(tcp);
    tcp.close();
    assertThat(place.address(TCP_FIRST)).contains(udp);
    assertThat(place.address(SMS_FIRST)).contains(sms);
    assertThat(place.address(SampleTerminal.profile("{\"bearers\":[\"tcp\"]}"))).isEmpty();
    assertThat(place.address(SampleTerminal.profile("{\"bearers\":[\"tcp\",\"sms\"]}")))
        .contains(sms);
  }

  // Verifies that an open address by a bearer that the profile does not allow is not used.
  @Test
  void usesNoBearerThatIsNotAllowed() {
    hear(tcp);
    hear(udp);
    assertThat(place.address(SampleTerminal.profile("{\"bearers\":[\"tcp\",\"sms\"]}")))
        .contains(tcp);
  }

  // Verifies that addresses of an earlier session are not used in the next.
  @Test
  void forgetsWithTheSession() {
    hear(udp);
    hear(tcp);
    place.confirmed();
    FakeOrigin other = FakeOrigin.at("192.0.2.9:1");
    hear(other);
    other.close();
    assertThat(place.address(TCP_FIRST)).isEmpty();
  }

  // Verifies that a heartbeat from where it was before a message came makes that its address again,
  // and one from anywhere else a candidate only.
  @Test
  void comesBackByAHeartbeat() {
    hear(udp);
    hear(sms);
    FakeOrigin elsewhere = FakeOrigin.datagrams("198.51.100.1:1");
    assertThat(place.beat(elsewhere, 2)).isFalse();
    assertThat(place.candidate()).contains(elsewhere);
    assertThat(place.beat(udp, 3)).isTrue();
    assertThat(place.home()).contains(udp);
    assertThat(place.candidate()).isEmpty();
    assertThat(place.beat(elsewhere, 4)).isFalse();
    assertThat(place.home()).contains(udp);
  }

  // Verifies that what is kept of a number does not keep the frame that came from it.
  @Test
  void keepsTheNumberAlone() {
    place.heard(new MessageOrigin(0, "8613800000000", java.util.Optional.of(in -> {})), 1, false);
    assertThat(place.home().map(MessageOrigin.class::cast).orElseThrow().whenCompleted())
        .isEmpty();
    assertThat(List.of(place.home().get())).containsExactly(sms);
  }
}
