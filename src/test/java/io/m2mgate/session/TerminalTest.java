package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Behaviour 5.2.1. */
class TerminalTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final long LOGIN = 42;

  private final Terminal terminal = SampleTerminal.usual();

  private Session confirmedAt(long nowMillis) {
    Session session = terminal.open(terminal.keyring().current(), false, LOGIN, nowMillis);
    terminal.confirm(session);
    return session;
  }

  // Verifies that a token is the time in seconds, and greater than any given before even when the
  // clock stands still or goes back.
  @Test
  void givesGrowingTokens() {
    long first =
        terminal.open(terminal.keyring().current(), false, 1, T0).token().timestamp();
    long still =
        terminal.open(terminal.keyring().current(), false, 2, T0).token().timestamp();
    long back = terminal
        .open(terminal.keyring().current(), false, 3, T0 - 3_600_000)
        .token()
        .timestamp();
    long later = terminal
        .open(terminal.keyring().current(), false, 4, T0 + 60_000)
        .token()
        .timestamp();

    assertThat(first).isEqualTo(T0 / 1000);
    assertThat(still).isEqualTo(first + 1);
    assertThat(back).isEqualTo(first + 2);
    assertThat(later).isEqualTo(T0 / 1000 + 60);
  }

  // Verifies that tokens grow on after LOGOUT, after a session was taken back, and after a restart.
  @Test
  void neverGivesATokenTwice() {
    Session first = confirmedAt(T0);
    terminal.end(T0);
    Session second = terminal.open(terminal.keyring().current(), false, 2, T0);
    terminal.drop(second::equals);
    Session third = terminal.open(terminal.keyring().current(), false, 3, T0);
    Terminal restarted = SampleTerminal.usual();
    restarted.restore(terminal.state(), List.of(), T0);

    long fourth =
        restarted.open(terminal.keyring().current(), false, 4, T0 - 1).token().timestamp();

    assertThat(second.token().timestamp()).isGreaterThan(first.token().timestamp());
    assertThat(third.token().timestamp()).isGreaterThan(second.token().timestamp());
    assertThat(fourth).isGreaterThan(third.token().timestamp());
  }

  // Verifies that LOGIN alone opens a tentative session and leaves the confirmed one in force.
  @Test
  void opensTentatively() {
    Session confirmed = confirmedAt(T0);

    Session tentative = terminal.open(terminal.keyring().current(), false, 7, T0 + 1000);

    assertThat(terminal.confirmed()).containsSame(confirmed);
    assertThat(terminal.isTentative(tentative)).isTrue();
    assertThat(terminal.isTentative(confirmed)).isFalse();
  }

  // Verifies that at most two tentative sessions are kept, the newest, and in which order
  // digests are tried.
  @Test
  void keepsTwoTentative() {
    Session confirmed = confirmedAt(T0);
    Session first = terminal.open(terminal.keyring().current(), false, 1, T0);
    Session second = terminal.open(terminal.keyring().current(), false, 2, T0);
    Session third = terminal.open(terminal.keyring().current(), false, 3, T0);

    assertThat(terminal.openSessions()).containsExactly(confirmed, third, second);
    assertThat(terminal.isTentative(first)).isFalse();
  }

  // Verifies that tentative sessions go after 300 s and confirmed ones stay.
  @Test
  void expiresTentative() {
    Session confirmed = confirmedAt(T0);
    Session tentative = terminal.open(terminal.keyring().current(), false, 1, T0);

    terminal.expire(T0 + 300_000);
    assertThat(terminal.openSessions()).containsExactly(confirmed, tentative);

    terminal.expire(T0 + 300_001);
    assertThat(terminal.openSessions()).containsExactly(confirmed);
  }

  // Verifies that a LOGIN repeats the last tentative one only.
  @Test
  void repeatsLastTentativeOnly() {
    Session first = terminal.open(terminal.keyring().current(), false, 1, T0);
    assertThat(terminal.repeated(terminal.keyring().current(), 1, T0)).containsSame(first);

    Session second = terminal.open(terminal.keyring().current(), false, 2, T0);
    assertThat(terminal.repeated(terminal.keyring().current(), 1, T0)).isEmpty();
    assertThat(terminal.repeated(terminal.keyring().current(), 2, T0)).containsSame(second);

    terminal.confirm(second);
    assertThat(terminal.repeated(terminal.keyring().current(), 2, T0)).isEmpty();
  }

  // Verifies that a LOGIN does not get the token of a session that its next frame would find
  // dropped.
  @Test
  void doesNotRepeatExpired() {
    Session first = terminal.open(terminal.keyring().current(), false, 1, T0);

    assertThat(terminal.repeated(terminal.keyring().current(), 1, T0 + 300_000))
        .containsSame(first);
    assertThat(terminal.repeated(terminal.keyring().current(), 1, T0 + 300_001)).isEmpty();
  }

  // Verifies that a confirmed session ends the older ones, tentative or not, and keeps a newer one.
  @Test
  void confirmsAndKeepsNewer() {
    confirmedAt(T0);
    Session older = terminal.open(terminal.keyring().current(), false, 1, T0);
    Session newer = terminal.open(terminal.keyring().current(), false, 2, T0);

    terminal.confirm(older);
    assertThat(terminal.openSessions()).containsExactly(older, newer);

    terminal.confirm(newer);
    assertThat(terminal.openSessions()).containsExactly(newer);
  }

  // Verifies that what a LOGIN told becomes the terminal's own with the confirmation.
  @Test
  void takesFactsAtConfirmation() {
    Session session = terminal.open(terminal.keyring().current(), false, 1, T0);
    session.login(new LoginFacts("1.01", 20, 0x18A7, 0x5B1C));
    assertThat(terminal.facts().softwareVersion()).isEmpty();

    terminal.confirm(session);

    assertThat(terminal.facts().toJson())
        .isEqualTo("{\"softwareVersion\":\"1.01\",\"signal\":20,\"lac\":6311,\"cell\":23324}");
  }

  // Verifies that LOGOUT keeps the ended session 300 s for repeated LOGOUTs and forgets the
  // address.
  @Test
  void endsAndKeepsSecrets() {
    Session session = confirmedAt(T0);
    terminal.heard(FakeOrigin.at("a"), T0);

    terminal.end(T0 + 1000);

    assertThat(terminal.hasSession()).isFalse();
    assertThat(terminal.place().home()).isEmpty();
    assertThat(terminal.ended()).hasValueSatisfying(ended -> {
      assertThat(ended.timestamp()).isEqualTo(session.timestamp());
      assertThat(ended.token().endedMillis()).isEqualTo(T0 + 1000);
    });
    terminal.expire(T0 + 301_000);
    assertThat(terminal.ended()).isPresent();
    terminal.expire(T0 + 301_001);
    assertThat(terminal.ended()).isEmpty();
  }

  // Verifies that a restart finds sessions, presence and facts again, and counts as hearing.
  @Test
  void restores() {
    Session confirmed = confirmedAt(T0);
    Session tentative = terminal.open(terminal.keyring().current(), true, 9, T0);
    terminal.online(true);
    terminal.heard(FakeOrigin.at("192.0.2.7:40112"), T0);
    Terminal restarted = SampleTerminal.usual();

    restarted.restore(terminal.state(), List.of(), T0 + 5_000_000);

    assertThat(restarted.openSessions())
        .extracting(Session::token)
        .containsExactly(confirmed.token(), tentative.token());
    assertThat(restarted.repeated(restarted.keyring().current(), 9, T0)).isPresent();
    assertThat(restarted.online()).isTrue();
    assertThat(restarted.silentAt(T0 + 5_000_000 + 360_000)).isFalse();
    assertThat(restarted.place().home()).isEmpty();
    assertThat(restarted.place().reachable()).isFalse();
    assertThat(restarted.facts().bearer()).isEqualTo("tcp");
  }

  // Verifies that after a restart a sequence at or below a stored one of its session is not new,
  // while another session is untouched.
  @Test
  void restoresSequences() {
    Session confirmed = confirmedAt(T0);
    Session tentative = terminal.open(terminal.keyring().current(), false, 9, T0);
    Terminal restarted = SampleTerminal.usual();

    restarted.restore(
        terminal.state(),
        List.of(
            new UplinkMark(confirmed.token().timestamp(), 12, 1, 0, T0),
            new UplinkMark(confirmed.token().timestamp(), 11, 2, 0, T0),
            new UplinkMark(99, 500, 3, 0, T0)),
        T0);

    SequenceWindow first = restarted.openSessions().get(0).sequences();
    SequenceWindow second = restarted.openSessions().get(1).sequences();
    assertThat(first.isNew(12)).isFalse();
    assertThat(first.isNew(10)).isFalse();
    assertThat(first.isNew(13)).isTrue();
    assertThat(second.isNew(5)).isTrue();
    assertThat(tentative.token().timestamp()).isEqualTo(terminal.state().lastTimestamp());
  }

  // Verifies that a new, verified frame makes its place the home, and that a beat from
  // elsewhere is a candidate only.
  @Test
  void keepsHomeAndCandidate() {
    FakeOrigin home = FakeOrigin.at("a");
    FakeOrigin elsewhere = FakeOrigin.at("b");
    terminal.heard(home, T0);

    terminal.place().beat(elsewhere, T0 + 1);
    assertThat(terminal.place().isHome(home)).isTrue();
    assertThat(terminal.place().candidate()).containsSame(elsewhere);

    terminal.place().beat(home, T0 + 2);
    terminal.heard(elsewhere, T0 + 3);
    assertThat(terminal.place().isHome(elsewhere)).isTrue();
    assertThat(terminal.place().candidate()).isEmpty();
    assertThat(terminal.place().reachable()).isTrue();

    elsewhere.close();
    assertThat(terminal.place().reachable()).isFalse();
  }

  // Verifies that silence is the heartbeat interval and the profile's patience, from the last time
  // heard, beats included.
  @Test
  void fallsSilent() {
    terminal.heard(FakeOrigin.at("a"), T0);
    assertThat(terminal.silentAt(T0 + 360_000)).isFalse();
    assertThat(terminal.silentAt(T0 + 360_001)).isTrue();

    terminal.place().beat(FakeOrigin.at("a"), T0 + 100_000);
    assertThat(terminal.silentAt(T0 + 460_000)).isFalse();

    terminal.reportedHeartbeat(30);
    assertThat(terminal.silentAt(T0 + 100_000 + 300_000)).isFalse();
    assertThat(terminal.silentAt(T0 + 100_000 + 300_001)).isTrue();

    terminal.reportedHeartbeat(0);
    assertThat(terminal.heartbeatSeconds()).isEqualTo(90);
  }

  // Verifies that only terminals that beat are silent, and that each mode has its own time without
  // a
  // word.
  @Test
  void isNotThereByItsMode() {
    PresenceRules rules = new PresenceRules(150, 180_000, 3_600_000);
    terminal.online(true);
    terminal.heard(FakeOrigin.at("a"), T0);
    assertThat(terminal.connectionMode()).isEqualTo(ConnectionMode.TCP_LONG);
    assertThat(rules.misses(terminal, T0 + 135_000)).isFalse();
    assertThat(rules.misses(terminal, T0 + 135_001)).isTrue();
    assertThat(rules.offline(terminal, T0 + 360_000)).isFalse();
    assertThat(rules.offline(terminal, T0 + 360_001)).isTrue();

    terminal.facts().toConnect(ConnectionMode.ofText("tcpShort"));
    assertThat(rules.misses(terminal, T0 + 1_000_000)).isFalse();
    assertThat(rules.offline(terminal, T0 + 180_000)).isFalse();
    assertThat(rules.offline(terminal, T0 + 180_001)).isTrue();

    terminal.facts().connects(ConnectionMode.ofText("sms"));
    assertThat(rules.misses(terminal, T0 + 3_600_001)).isFalse();
    assertThat(rules.offline(terminal, T0 + 3_600_000)).isFalse();
    assertThat(rules.offline(terminal, T0 + 3_600_001)).isTrue();
  }

  // Verifies that a short terminal takes nothing while it is not there, also after a restart, and
  // that sleep
  // ends with the next sign of it.
  @Test
  void sleeps() {
    confirmedAt(T0);
    terminal.heard(FakeOrigin.at("a"), T0);
    terminal.online(true);
    terminal.facts().connects(ConnectionMode.ofText("udpShort"));
    assertThat(terminal.dormant()).isFalse();
    terminal.online(false);
    assertThat(terminal.dormant()).isTrue();
    terminal.sleep();

    Terminal restarted = SampleTerminal.usual();
    restarted.restore(terminal.state(), List.of(), T0);
    assertThat(restarted.connectionMode()).isEqualTo(ConnectionMode.UDP_SHORT);
    assertThat(restarted.dormant()).isTrue();
    assertThat(restarted.state().asleep()).isTrue();
    restarted.online(true);
    assertThat(restarted.dormant()).isFalse();
    restarted.online(false);
    assertThat(restarted.state().asleep()).isFalse();
  }

  // Verifies that a changed record changes who signs and how, and no session.
  @Test
  void renews() {
    Session session = confirmedAt(T0);
    Profile lenient = SampleTerminal.profile("{\"digest\":\"when-present\"}");

    terminal.renew(SampleTerminal.provisioned(false), SampleTerminal.keyring(), lenient, 3);

    assertThat(terminal.terminalRecord().enabled()).isFalse();
    assertThat(terminal.profile()).isSameAs(lenient);
    assertThat(terminal.profileVersion()).isEqualTo(3);
    assertThat(terminal.confirmed()).containsSame(session);
  }

  // Verifies that what is stored of a terminal without sessions is nothing.
  @Test
  void hasNothingToStoreAtFirst() {
    SessionState state = terminal.state();

    assertThat(state.confirmed()).isEmpty();
    assertThat(state.tentative()).isEmpty();
    assertThat(state.ended()).isEqualTo(Optional.empty());
    assertThat(state.lastTimestamp()).isZero();
  }
}
