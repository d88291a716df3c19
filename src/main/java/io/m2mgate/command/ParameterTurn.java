package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Standings.Kind;
import io.m2mgate.bus.Standings.Standing;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.ConnectionMode;
import io.m2mgate.session.Session;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** One look at what is desired of one terminal, on its way to the changes that come of it. Made and used by one thread. */
final class ParameterTurn {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;
  private final Dialect dialect;
  private final Known known;
  private final List<Standing> standings;
  private final long nowMillis;
  private final ParameterOptions options;

  private final List<ReportedValue> confirmed = new ArrayList<>();
  private final Set<Integer> settled = new HashSet<>();
  private final Map<Integer, Desired> noted = new TreeMap<>();
  private Optional<StoredCommand> command = Optional.empty();

  ParameterTurn(
      Terminal terminal,
      Dialect dialect,
      Known known,
      List<Standing> standings,
      long nowMillis,
      ParameterOptions options) {
    this.terminal = terminal;
    this.dialect = dialect;
    this.known = known;
    this.standings = standings;
    this.nowMillis = nowMillis;
    this.options = options;
  }

  /** A LOGIN whose CRC32 is that of what is desired shows that the terminal has it, as far as it is in the list (5.3.2). */
  void confirmBy(Session session) {
    OptionalInt crc32 = session.login().configCrc32();
    int list = dialect.tags().syncTagList();
    SyncList synced = terminal.syncList();
    if (crc32.isEmpty()
        || crc32.getAsInt() == 0
        || !synced.matches(list, crc32.getAsInt(), synced.desired())) {
      return;
    }
    long opened = session.token().openedMillis();
    List<Integer> listed = synced.listed(list);
    for (Standing standing : standings) {
      Desired desired = standing.desired();
      boolean newer =
          known.reported(desired.tag()).filter(it -> it.atMillis() > opened).isPresent();
      if (standing.kind() != Kind.DONE
          && listed.contains(desired.tag())
          && !newer
          && sentBefore(desired, opened)
          && !onItsWay(standing)) {
        confirmed.add(
            new ReportedValue(desired.tag(), desired.name(), desired.valueJson(), opened));
        settled.add(desired.tag());
      }
    }
  }

  /** What is due goes out once in each session at most. */
  void sendAgainIn(Session session) {
    List<Desired> again = standings.stream()
        .filter(
            standing -> standing.due() && !settled.contains(standing.desired().tag()))
        .map(Standing::desired)
        .filter(desired -> sentBefore(desired, session.token().openedMillis()))
        .toList();
    if (again.isEmpty()) {
      return;
    }
    Resend resend =
        Resend.of(terminal.serial(), terminal.terminalRecord().app(), again, nowMillis, options);
    command = Optional.of(resend.command());
    for (Desired desired : resend.noted()) {
      settled.add(desired.tag());
      noted.put(desired.tag(), desired);
    }
  }

  /** The terminal had the value before, or could have had it: not only that it was asked for. */
  private boolean sentBefore(Desired desired, long millis) {
    Optional<Progress> progress = known.command(desired.command()).map(StoredCommand::progress);
    long left = progress.map(it -> Math.max(it.sentMillis(), it.ackedMillis())).orElse(0L);
    return left < millis && desired.sentMillis().stream().allMatch(at -> at < millis);
  }

  private boolean onItsWay(Standing standing) {
    return known
        .command(standing.desired().command())
        .filter(StoredCommand::isOpen)
        .isPresent();
  }

  /** What began or ceased to drift. */
  void noteDrift() {
    for (Standing standing : standings) {
      Desired desired = standing.desired();
      String now = standing.kind() == Kind.DRIFT && !settled.contains(desired.tag())
          ? standing.reason()
          : "";
      if (!now.equals(desired.drift())) {
        noted.put(
            desired.tag(),
            noted.getOrDefault(desired.tag(), desired).drifting(now, standing.sinceMillis()));
      }
    }
  }

  /** What goes out. */
  Optional<StoredCommand> command() {
    return command;
  }

  /** All that came of it; empty when everything is as it was. */
  List<Change> changes(SecretBox box) {
    List<Change> changes = new ArrayList<>();
    command.ifPresent(it -> changes.addAll(ParameterCommands.created(it, options)));
    if (!confirmed.isEmpty()) {
      changes.add(new Change.PutReported(terminal.serial(), confirmed));
    }
    if (synchronised()) {
      byte[] sealed =
          box.seal(terminal.serial(), SecretKinds.SYNC_LIST, terminal.syncList().toBytes());
      changes.add(new Change.PutSyncList(terminal.serial(), sealed));
    }
    if (!noted.isEmpty()) {
      changes.add(new Change.PutDesired(terminal.serial(), known.desired().noted(noted.values())));
      if (drift(known.desired().values()).equals(drift(after()))) {
        return changes;
      }
      ObjectNode data = JSON.createObjectNode();
      data.set("drift", drift(after()));
      changes.add(TerminalEvents.event(
          terminal, EventTypes.PARAMETERS_DRIFT, nowMillis, data, UplinkMark.NONE));
    }
    return changes;
  }

  private List<Desired> after() {
    return known.desired().noted(noted.values()).values();
  }

  private static ObjectNode drift(List<Desired> values) {
    ObjectNode drift = JSON.createObjectNode();
    values.stream()
        .filter(value -> !value.drift().isEmpty())
        .forEach(value -> drift
            .putObject(value.name())
            .put("reason", value.drift())
            .put("since", Instant.ofEpochMilli(value.driftMillis()).toString()));
    return drift;
  }

  /** What the terminal is known to have is what its next CRC32 is expected to be of; true when that is news. */
  private boolean synchronised() {
    int list = dialect.tags().syncTagList();
    boolean news = false;
    for (Standing standing : standings) {
      Desired desired = standing.desired();
      byte[] tlv = terminal.syncList().desired().get(desired.tag());
      boolean has = standing.kind() == Kind.DONE
              && known
                  .reported(desired.tag())
                  .filter(it -> it.valueJson().equals(desired.valueJson()))
                  .isPresent()
          || confirmed.stream().anyMatch(it -> it.tag() == desired.tag());
      if (has && desired.tag() == dialect.tags().connectMode()) {
        int mode = terminal.syncList().desiredNumber(desired.tag());
        terminal.facts().connects(ConnectionMode.of(dialect, mode));
      }
      if (has && tlv != null) {
        news |= terminal.syncList().report(list, desired.tag(), tlv, 0, tlv.length);
      }
    }
    return news;
  }
}
