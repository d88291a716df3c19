package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policy by signature by command by session: who is let in (wire 3 and 8). */
class FrameSecurityTableTest {
  private static final long NOW = 1_700_000_100_000L;
  private static final Set<Command> COMMANDS = Set.of(
      Command.TRANSPARENT_DATA,
      Command.CONFIG_TRAP,
      Command.CONFIG_REQ,
      Command.LOGOUT,
      Command.HEART_BEAT,
      Command.SECURITY_CONFIG,
      Command.FILE_REQ,
      Command.TRANSPARENT_CMD);
  private static final Set<Command> MAY_BE_UNSIGNED =
      Set.of(Command.TRANSPARENT_DATA, Command.CONFIG_REQ, Command.LOGOUT);

  private static final Map<DigestPolicy, Profile> PROFILES = Map.of(
      DigestPolicy.REQUIRED, SampleTerminal.profile("{\"digest\":\"required\"}"),
      DigestPolicy.WHEN_PRESENT, SampleTerminal.profile("{\"digest\":\"when-present\"}"),
      DigestPolicy.OFF, SampleTerminal.profile("{\"digest\":\"off\"}"));

  enum Signature {
    GOOD,
    WRONG,
    FLAG_WITHOUT_DIGEST,
    NONE
  }

  enum State {
    AT_HOME,
    ELSEWHERE,
    TENTATIVE,
    NO_SESSION,
    DISABLED
  }

  record Row(DigestPolicy policy, Signature signature, Command command, State state) {
    boolean outside() {
      return state == State.NO_SESSION || state == State.DISABLED;
    }

    /** What the description says becomes of it. */
    String expected() {
      if (outside()) {
        return command == Command.HEART_BEAT ? "silence NO_SESSION" : "unsigned answer";
      }
      if (signature == Signature.GOOD) {
        return "accept signed";
      }
      if (policy == DigestPolicy.OFF) {
        return signature == Signature.WRONG ? "accept signed" : "accept unsigned";
      }
      if (signature != Signature.NONE) {
        return "silence WRONG_DIGEST";
      }
      if (command == Command.HEART_BEAT) {
        return "accept unsigned";
      }
      if (policy == DigestPolicy.WHEN_PRESENT) {
        boolean taken = MAY_BE_UNSIGNED.contains(command) && state == State.AT_HOME;
        return taken ? "accept unsigned" : "silence UNSIGNED";
      }
      return command == Command.TRANSPARENT_DATA ? "tell unsigned" : "silence UNSIGNED";
    }
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (DigestPolicy policy : DigestPolicy.values()) {
      for (Signature signature : Signature.values()) {
        for (Command command : COMMANDS) {
          for (State state : State.values()) {
            rows.add(new Row(policy, signature, command, state));
          }
        }
      }
    }
    return rows;
  }

  private final FakeOrigin home = FakeOrigin.at("home");

  // Verifies that each combination gets what the description gives it, and that only a good digest
  // confirms a session or moves an address.
  @ParameterizedTest
  @MethodSource("rows")
  void judges(Row row) {
    Terminal terminal = terminal(row);
    int timestamp = terminal.hasSession() ? terminal.openSessions().get(0).timestamp() : 77;
    FakeOrigin origin = row.state() == State.ELSEWHERE ? FakeOrigin.at("elsewhere") : home;
    Inbound in = new Inbound(frame(row, timestamp), origin, NOW);

    Verdict verdict = open(in, terminal, row.command());

    assertThat(shown(verdict)).isEqualTo(row.expected());
    boolean proven = verdict instanceof Verdict.Accept && row.signature() == Signature.GOOD;
    if (row.policy() != DigestPolicy.OFF && row.state() == State.TENTATIVE) {
      assertThat(terminal.confirmed().isPresent()).isEqualTo(proven);
    }
    if (row.policy() != DigestPolicy.OFF && row.state() == State.ELSEWHERE) {
      assertThat(terminal.place().isHome(origin)).isEqualTo(proven);
    }
    assertThat(terminal.place().candidate()).isEmpty();
  }

  private Terminal terminal(Row row) {
    if (row.state() == State.DISABLED) {
      return SampleTerminal.disabled();
    }
    Terminal terminal = SampleTerminal.with(PROFILES.get(row.policy()));
    if (row.state() != State.NO_SESSION) {
      Session session = terminal.open(terminal.keyring().current(), false, 1, NOW - 1000);
      if (row.state() != State.TENTATIVE) {
        terminal.confirm(session);
        terminal.heard(home, NOW - 500);
      }
    }
    return terminal;
  }

  private static Frame frame(Row row, int timestamp) {
    FrameBuilder request = RequestFrames.of(row.command(), 10);
    return switch (row.signature()) {
      case GOOD -> RequestFrames.signed(request, timestamp);
      case WRONG -> RequestFrames.signed(request, timestamp - 1);
      case FLAG_WITHOUT_DIGEST -> RequestFrames.flagOnly(request);
      case NONE -> RequestFrames.unsigned(request);
    };
  }

  private static Verdict open(Inbound in, Terminal terminal, Command command) {
    Resident resident = new Resident(terminal.serial());
    resident.arrived(terminal);
    CommandDef def = RequestFrames.DIALECT.command(command);
    return Sealing.usual()
        .security()
        .open(new Asked(in, resident, terminal, RequestFrames.DIALECT, def));
  }

  private static String shown(Verdict verdict) {
    if (verdict instanceof Verdict.Accept accept) {
      return accept.uplink().signed() ? "accept signed" : "accept unsigned";
    }
    if (verdict instanceof Verdict.Answer answer) {
      assertThat(answer.reason()).isEqualTo(Drop.NO_SESSION);
      return answer.reply().seal() instanceof Reply.Signed ? "signed answer" : "unsigned answer";
    }
    return verdict instanceof Verdict.Silence silence
        ? "silence " + silence.reason()
        : "tell unsigned";
  }
}
