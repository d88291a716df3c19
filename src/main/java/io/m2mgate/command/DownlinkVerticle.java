package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.AckBatch;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneMetrics.Postponed;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.LocalChange;
import io.m2mgate.bus.SecretsPending;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.session.ConnectionMode;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks terminals what the platform wants of them and takes their answers (ground rule 2). Keeps something only of terminals that
 * have a request waiting; one timer for all of them. One on each lane.
 */
public final class DownlinkVerticle extends LaneVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(DownlinkVerticle.class);
  private static final long TICK_MILLIS = 50;
  private static final long COMMANDS_TICK_MILLIS = 1000;

  private final DownlinkOptions options;
  private final ParameterOptions parameterOptions;
  private final Store store;
  private final SecretsRoute route;
  private final SecretBox box;
  private final Map<Resident, Downlink> downlinks = new IdentityHashMap<>();
  private LaneRotations rotations;
  private LaneCommands commands;
  private LaneParameters parameters;
  private LaneUpgrades upgrades;

  /** @param box seals what terminals say of their synchronised parameters */
  public DownlinkVerticle(
      DownlinkOptions options,
      ParameterOptions parameterOptions,
      Store store,
      SecretsRoute route,
      SecretBox box) {
    this.options = options;
    this.parameterOptions = parameterOptions;
    this.store = store;
    this.route = route;
    this.box = box;
  }

  @Override
  protected Future<?> open() {
    rotations =
        new LaneRotations(lane(), context, store.security(), route, ofLane(), options.looks());
    commands = new LaneCommands(
        lane(),
        context,
        store.commands(),
        new SimConfirmations(lane(), context, store.security()),
        box,
        rotations::way,
        options,
        ofLane());
    lane().effects(commands);
    parameters = new LaneParameters(
        lane(), context, store.parameters(), parameterOptions, box, commands::due);
    upgrades = new LaneUpgrades(lane(), commands);
    lane()
        .metrics()
        .gauge(
            "m2mgate_upgrade_downloads",
            "Terminals that asked for a block of a file in the last 30 seconds",
            lane(),
            upgrades::downloading);
    lane()
        .metrics()
        .gauge(
            "m2mgate_lane_downlinks",
            "Terminals with requests in memory that wait or are not answered",
            lane(),
            downlinks::size);
    lane()
        .metrics()
        .gauge(
            "m2mgate_lane_parameters_due",
            "Terminals whose desired parameters wait to be looked at",
            lane(),
            parameters::due);
    int index = lane().index();
    this.<AckBatch>consume(Addresses.acks(index), batch -> batch.acks().forEach(this::guarded));
    this.<SecretsPending>consume(Addresses.secretsPending(index), told -> {
      rotations.look(told.resident(), told.loggedIn());
      commands.look(told.resident(), told.loggedIn());
      parameters.look(told.resident());
    });
    this.<LocalChange>consume(
        Addresses.localChange(index), told -> parameters.changedLocally(told.resident()));
    this.<StoredCommand>consume(Addresses.commandEnded(), parameters::ended);
    this.<String>consume(Addresses.commandsDue(index), commands::due);
    this.<FileAsked>consume(Addresses.fileAsked(index), upgrades::asked);
    this.<SecurityReported>consume(Addresses.securityReported(index), this::reported);
    vertx.setPeriodic(COMMANDS_TICK_MILLIS, timer -> {
      rotations.tick();
      commands.tick();
      parameters.tick();
      upgrades.tick();
    });
    vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    return Future.succeededFuture();
  }

  private void reported(SecurityReported report) {
    try {
      commands.reported(report);
    } catch (RuntimeException fault) {
      report.seen().completeExceptionally(fault);
    }
  }

  private Downlinks ofLane() {
    return new Downlinks() {
      @Override
      public Optional<Downlink> of(Resident resident) {
        return downlink(resident);
      }

      @Override
      public Optional<Downlink> existing(Resident resident) {
        return DownlinkVerticle.this.existing(resident);
      }
    };
  }

  private Optional<Downlink> existing(Resident resident) {
    return Optional.ofNullable(downlinks.get(resident));
  }

  /** Empty when too many terminals have something waiting already. */
  private Optional<Downlink> downlink(Resident resident) {
    Downlink known = downlinks.get(resident);
    if (known != null || !here(resident)) {
      return Optional.ofNullable(known);
    }
    if (downlinks.size() >= options.maxTerminals()) {
      lane().metrics().postponed(Postponed.TERMINALS);
      return Optional.empty();
    }
    Downlink fresh = new Downlink(lane(), context, resident, options);
    downlinks.put(resident, fresh);
    return Optional.of(fresh);
  }

  private boolean here(Resident resident) {
    return lane()
        .terminals()
        .find(resident.serial())
        .filter(it -> it == resident)
        .isPresent();
  }

  private void tick() {
    List<Downlink> over = new ArrayList<>(0);
    for (Downlink downlink : downlinks.values()) {
      if (downlink.idle() || !here(downlink.resident())) {
        over.add(downlink);
      } else {
        downlink.tick();
      }
    }
    for (Downlink downlink : over) {
      downlink.close();
      downlinks.remove(downlink.resident());
    }
  }

  private void guarded(Ack ack) {
    lane().guard(ack.inbound(), () -> lane().done(ack), () -> take(ack));
  }

  private void take(Ack ack) {
    Resident resident = ack.resident();
    if (commands.woken(ack)) {
      if (!ack.inbound().origin().bearer().equals(Origin.SMS)) {
        heard(ack);
      }
      lane().done(ack);
      return;
    }
    boolean expected =
        existing(resident).filter(downlink -> downlink.acked(ack)).isPresent();
    if (expected) {
      heard(ack);
      synchronise(ack);
    } else if (mayAnswerRegistration(ack)) {
      lane().send(Addresses.registrationAcks(lane().index()), new AckBatch(List.of(ack)));
      return;
    } else {
      lane().dropped(ack.inbound(), Drop.UNEXPECTED_ACK);
    }
    lane().done(ack);
  }

  /** What a terminal says that it has is what its next CRC32 is expected to be of. */
  private void synchronise(Ack ack) {
    try {
      if (ack.command().command() == Command.CONFIG_GET
          && ack.command().results().success(ack.body().result())) {
        List<Change> changes = told(ack.terminal(), ack.body());
        if (!changes.isEmpty()) {
          lane().commit(ack.resident(), changes, outcome -> unlessStored(ack.terminal(), outcome));
        }
      }
    } catch (MalformedFrame e) {
      LOG.debug("terminal {}: {}", ack.terminal().serial(), e.getMessage());
    }
  }

  private List<Change> told(Terminal terminal, Body body) throws MalformedFrame {
    List<Change> changes = new ArrayList<>(2);
    Optional<ConnectionMode> connects = terminal.facts().toldConnection();
    if (ConfigTrapVerticle.synchronise(terminal, body)) {
      String serial = terminal.serial();
      changes.add(new Change.PutSyncList(
          serial, box.seal(serial, SecretKinds.SYNC_LIST, terminal.syncList().toBytes())));
    }
    if (!connects.equals(terminal.facts().toldConnection())) {
      changes.add(TerminalEvents.session(terminal));
    }
    return changes;
  }

  private static void unlessStored(Terminal terminal, Outcome outcome) {
    if (outcome != Outcome.COMMITTED) {
      terminal.syncList().notStored();
    }
  }

  /** Where no digests are looked at, an unsigned one passes for the session's; only who asked knows better. */
  private static boolean mayAnswerRegistration(Ack ack) {
    return ack.command().command() == Command.SECURITY_CONFIG
        && !ack.inbound().frame().hasDigestFlag();
  }

  /** The answer to a request of ours is new and verified: it counts as any frame of the terminal. */
  private void heard(Ack ack) {
    Terminal terminal = ack.terminal();
    Origin origin = ack.inbound().origin();
    long received = ack.inbound().receivedMillis();
    terminal.heard(origin, received);
    origin.verified(received, terminal.heartbeatSeconds() * 1000L);
    if (!terminal.online() && terminal.confirmed().isPresent()) {
      terminal.online(true);
      lane()
          .insist(
              ack.resident(), TerminalEvents.online(terminal, lane().nowMillis()), outcome -> {});
    }
    if (origin.lane() != lane().index()) {
      ack.resident().moveTo(origin.lane());
    }
  }
}
