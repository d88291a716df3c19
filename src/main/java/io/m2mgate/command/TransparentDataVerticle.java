package io.m2mgate.command;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.security.Refusals;
import io.m2mgate.session.Profile.CrcError;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TRANSPARENT_DATA from a terminal: durable in an application's log, or in that log and in another terminal's queue, then
 * acknowledged (clause 5.3.11).
 */
public final class TransparentDataVerticle extends UplinkVerticle {

  private static final String DESTINATION_INVALID = "destinationInvalid";

  private final RelayOptions options;
  private final DataUpJson json = new DataUpJson();
  private final DataOrder order = new DataOrder();
  private final Map<Crc16Def, Crc16> checks = new IdentityHashMap<>();
  private Relay relay;

  public TransparentDataVerticle(RelayOptions options) {
    super(Command.TRANSPARENT_DATA);
    this.options = options;
  }

  @Override
  protected void opened() {
    relay = new Relay(lane(), options);
  }

  @Override
  protected void handle(Uplink uplink) {
    // A closure for those alone that wait: most readings do not.
    if (order.holds(uplink.resident())) {
      order.add(
          uplink.resident(),
          () -> lane().guard(uplink.inbound(), () -> giveUp(uplink), () -> serve(uplink)));
    } else {
      serve(uplink);
    }
  }

  private void serve(Uplink uplink) {
    DataParts parts;
    try {
      parts = DataParts.of(uplink);
    } catch (MalformedFrame e) {
      refuse(uplink);
      return;
    }
    if (!parts.hasData()) {
      refuse(uplink);
      return;
    }
    Terminal terminal = uplink.terminal();
    String bound = terminal.terminalRecord().app();
    String app = parts.application().isEmpty() ? bound : parts.application();
    boolean valid =
        parts.toTerminal() ? relay.isOther(uplink, parts.terminal()) : relay.mayGoTo(app, uplink);
    if (parts.destinations() > 1 || !valid) {
      refuse(uplink, DESTINATION_INVALID);
      return;
    }
    if (!takes(bound) || !takes(app)) {
      refuse(uplink);
      return;
    }
    boolean crcOk =
        check(uplink).accepts(parts.crc16(), uplink.bytes(), parts.dataAt(), parts.dataLength());
    if (!crcOk && terminal.profile().crcError() == CrcError.REFUSE) {
      refuse(uplink, "crcWrong");
    } else if (parts.toTerminal()) {
      find(uplink, parts, crcOk);
    } else {
      int ok = ok(uplink);
      String data = json.toApplication(uplink, parts, app, crcOk);
      commitThenAnswer(uplink, List.of(dataUp(uplink, app, data)), ok, Refusals.result(ok));
    }
  }

  private boolean takes(String app) {
    return lane().services().applicationTakes().test(app);
  }

  private Change dataUp(Uplink uplink, String app, String data) {
    return new Change.AppendEvent(
        app,
        uplink.terminal().serial(),
        EventTypes.DATA_UP,
        uplink.inbound().receivedMillis(),
        data,
        mark(uplink, ok(uplink)));
  }

  private static int ok(Uplink uplink) {
    return uplink.command().results().code("ok");
  }

  /** The store knows whose the other terminal is, wherever it may be now. */
  private void find(Uplink uplink, DataParts parts, boolean crcOk) {
    Future<Optional<TerminalRow>> found =
        lane().services().terminals().read(parts.terminal(), Optional.empty());
    order.hold(uplink.resident());
    found.onComplete(read -> context.runOnContext(nothing -> {
      lane().guard(uplink.inbound(), () -> giveUp(uplink), () -> relay(uplink, parts, crcOk, read));
      order.release(uplink.resident());
    }));
  }

  private void relay(
      Uplink uplink, DataParts parts, boolean crcOk, AsyncResult<Optional<TerminalRow>> found) {
    if (found.failed()) {
      unavailable(uplink);
      return;
    }
    Optional<String> refusal = relay.refusal(uplink, found.result(), parts.dataLength());
    if (refusal.isPresent()) {
      refuse(uplink, refusal.get());
      return;
    }
    StoredCommand command =
        relay.command(uplink, found.result().orElseThrow().terminal(), parts, crcOk);
    List<Change> changes = new ArrayList<>();
    changes.add(dataUp(
        uplink,
        uplink.terminal().terminalRecord().app(),
        json.toTerminal(uplink, parts, command, crcOk)));
    changes.addAll(
        CommandEvents.created(command, options.maxOfTerminal(), options.maxOfApplication()));
    int ok = ok(uplink);
    commitDurably(uplink, changes, ok, Refusals.result(ok), () -> asked(command));
  }

  /** The lane that has the other terminal looks; it need not be there. */
  private void asked(StoredCommand command) {
    lane().publish(Addresses.commandAsked(), command);
    lane().sendToAll(Addresses::commandsDue, command.serial());
  }

  private void refuse(Uplink uplink, String result) {
    int code = uplink.command().results().code(result);
    answer(uplink, code, Refusals.result(code));
  }

  private Crc16 check(Uplink uplink) {
    // Definitions are compared by identity: hashing one costs more than the check.
    Crc16Def def = uplink.dialect().crc16();
    Crc16 known = checks.get(def);
    if (known == null) {
      known = new Crc16(def);
      checks.put(def, known);
    }
    return known;
  }
}
