package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.ShortMessages;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a short message from a terminal's own number may do, and what not. */
class MessageSecurityTest {
  private static final long T0 = 1_700_000_100_000L;
  private static final long HOUR = 3_600_000;
  private static final String NUMBER = "8613800138000";

  private final MessageSecurity security = new MessageSecurity(new ShortMessages() {
    @Override
    public Optional<MessageOrigin> to(TerminalRecord terminal, int lane) {
      return Optional.empty();
    }

    @Override
    public Optional<String> numberOf(TerminalRecord terminal) {
      return terminal.msisdn();
    }

    @Override
    public long repeatedWithinMillis() {
      return HOUR;
    }

    @Override
    public int maxFrameBytes() {
      return 128;
    }
  });
  private final Terminal terminal = SampleTerminal.usual();
  private final FakeOrigin connection = FakeOrigin.at("connection");

  private Asked asked(Frame frame, long nowMillis) {
    Resident resident = new Resident(terminal.serial());
    resident.arrived(terminal);
    return new Asked(
        new Inbound(frame, MessageOrigin.to(0, NUMBER), nowMillis),
        resident,
        terminal,
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(frame.requestCommand()));
  }

  private Verdict open(Command command, int sequence, long nowMillis) {
    return security.open(
        asked(RequestFrames.unsigned(RequestFrames.of(command, sequence)), nowMillis));
  }

  private Verdict.Accept accepted(Command command, int sequence, long nowMillis) {
    Verdict verdict = open(command, sequence, nowMillis);
    assertThat(verdict).isInstanceOf(Verdict.Accept.class);
    return (Verdict.Accept) verdict;
  }

  private Session inSession() {
    Session session = terminal.open(terminal.keyring().current(), false, 1, T0 - 1000);
    terminal.confirm(session);
    terminal.heard(connection, T0 - 500);
    return session;
  }

  private Session openedFrom(Origin origin) {
    Session session = terminal.open(terminal.keyring().current(), false, 2, T0 - 100);
    session.openedFrom(origin);
    return session;
  }

  // Verifies that a terminal needs no session, and that its request is known under none.
  @Test
  void needsNoSession() {
    Verdict.Accept alarm = accepted(Command.CONFIG_TRAP, 5, T0);

    assertThat(alarm.confirmed()).isFalse();
    assertThat(alarm.uplink().signed()).isTrue();
    assertThat(alarm.uplink().request().session()).isZero();
  }

  // Verifies that messages which overtake each other are all served and leave the replay window of
  // the session as it was.
  @Test
  void knowsNoReplays() {
    Session session = inSession();

    accepted(Command.TRANSPARENT_DATA, 1_000_000, T0);
    accepted(Command.CONFIG_TRAP, 3, T0 + HOUR);

    assertThat(session.sequences().isNew(1)).isTrue();
  }

  // Verifies that the same message within the time is answered again, joins the one that waits, and
  // is marked after it.
  @Test
  void knowsWhatCameBefore() {
    RecentRequest first = accepted(Command.CONFIG_TRAP, 5, T0).uplink().request();
    assertThat(open(Command.CONFIG_TRAP, 5, T0 + 10))
        .isEqualTo(new Verdict.Silence(Drop.DUPLICATE_JOINED));

    first.done(0);

    assertThat(open(Command.CONFIG_TRAP, 5, T0 + HOUR)).isInstanceOf(Verdict.Answer.class);
    Verdict.Accept late = accepted(Command.CONFIG_TRAP, 5, T0 + 3 * HOUR);
    assertThat(late.uplink().suspectedDuplicate()).isTrue();
    assertThat(accepted(Command.CONFIG_TRAP, 6, T0 + 3 * HOUR).uplink().suspectedDuplicate())
        .isFalse();
  }

  // Verifies that however often the centre brings a request while the store is away, no refusal is
  // told in its place.
  @Test
  void tellsNoRefusalWhileItWaits() {
    accepted(Command.CONFIG_TRAP, 5, T0);
    for (int copy = 1; copy < 10; copy++) {
      assertThat(open(Command.CONFIG_TRAP, 5, T0 + copy * 60_000L))
          .isEqualTo(new Verdict.Silence(Drop.DUPLICATE_JOINED));
    }
  }

  // Verifies that a session opened from the number is confirmed by the next message from it, and
  // one that was opened elsewhere is not.
  @Test
  void confirmsItsOwn() {
    openedFrom(connection);
    assertThat(accepted(Command.CONFIG_TRAP, 1, T0).confirmed()).isFalse();

    Session own = openedFrom(MessageOrigin.to(1, NUMBER));
    assertThat(accepted(Command.CONFIG_TRAP, 2, T0).confirmed()).isTrue();
    assertThat(terminal.confirmed()).contains(own);
    assertThat(terminal.place().isHome(MessageOrigin.to(0, NUMBER))).isTrue();
  }

  // Verifies that a message moves nobody away from a connection that is open, and a LOGOUT ends no
  // session there.
  @Test
  void leavesConnectionsAlone() {
    Session session = inSession();

    accepted(Command.CONFIG_TRAP, 1, T0);
    assertThat(terminal.place().isHome(connection)).isTrue();
    assertThat(accepted(Command.LOGOUT, 2, T0).uplink().session()).isNotSameAs(session);

    connection.close();
    terminal.heard(MessageOrigin.to(0, NUMBER), T0);
    assertThat(accepted(Command.LOGOUT, 3, T0).uplink().session()).isSameAs(session);
  }

  // Verifies that the origin of one message is not what is kept as the terminal's place.
  @Test
  void keepsNoMessages() {
    Origin once = new MessageOrigin(0, NUMBER, Optional.of(frame -> {}));

    terminal.heard(once, T0);

    assertThat(terminal.place().home().orElseThrow()).isEqualTo(once).isNotSameAs(once);
  }

  // Verifies that nothing encrypted or in parts is taken by message.
  @Test
  void takesNoWrappedBodies() {
    byte[] body = Bytes.unhex("4008000700000001000100");
    Frame part =
        RequestFrames.frame(FrameBuilder.request(RequestFrames.DIALECT, Command.CONFIG_TRAP)
            .serial(SampleTerminal.SERIAL)
            .flags(0x10)
            .build(body));

    assertThat(security.open(asked(part, T0))).isEqualTo(new Verdict.Silence(Drop.SEGMENT_REFUSED));
  }
}
