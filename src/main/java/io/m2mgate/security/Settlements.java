package io.m2mgate.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.RotationEvents;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Settled;
import io.m2mgate.store.SecurityStore.Used;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the store which secrets and which IMSI a confirmed session has made the terminal's (behaviour 5.3.1, 5.3.10). The session
 * itself is durable before and says the same, so a restart in between comes back here. Used on one lane's thread.
 */
final class Settlements {

  private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As a REGISTER that asks for such an IMSI is told. */
  private static final String IMSI_TAKEN = "imsiOfAnother";

  /** Terminals tried again in one turn. */
  private static final int RETRIED = 100;

  private final Lane lane;
  private final Context context;
  private final SecurityStore store;
  private final SecretBox box;
  private final Consumer<Resident> renew;
  private final Set<Resident> failed = new LinkedHashSet<>();

  /** @param renew reads the terminal's record again */
  Settlements(
      Lane lane, Context context, SecurityStore store, SecretBox box, Consumer<Resident> renew) {
    this.box = box;
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.renew = renew;
  }

  /** Does nothing unless the terminal's session in force is ahead of the store. */
  void settle(Resident resident) {
    Terminal terminal = resident.terminal().orElseThrow();
    terminal.takeUnsettled().ifPresent(with -> settle(resident, terminal, with));
  }

  private void settle(Resident resident, Terminal terminal, Identity with) {
    resident.begin();
    Optional<String> imsi = with.rebinding() ? Optional.of(with.imsiText()) : Optional.empty();
    store
        .settle(terminal.serial(), used(terminal.serial(), with.secrets()), imsi, lane.nowMillis())
        .onComplete(done -> context.runOnContext(nothing -> {
          resident.end();
          if (done.succeeded()) {
            settled(resident, terminal, with, done.result());
            // A reading from before may have brought it up again.
            settle(resident);
          } else {
            LOG.warn("terminal {}: {}", terminal.serial(), done.cause().getMessage());
            terminal.unsettle(with);
            failed.add(resident);
          }
          lane.settle(resident);
        }));
  }

  /** Tries again what the store did not take. */
  void retry() {
    List<Resident> again = failed.stream().limit(RETRIED).toList();
    again.forEach(failed::remove);
    again.stream()
        .filter(resident -> lane.terminals().find(resident.serial()).equals(Optional.of(resident)))
        .forEach(this::settle);
  }

  private Used used(String serial, SecretSet set) {
    return new Used(set.generation(), box.seal(serial, set), set.expiries());
  }

  private void settled(Resident resident, Terminal terminal, Identity with, Settled outcome) {
    List<Change> events = new ArrayList<>();
    outcome
        .rotation()
        .ifPresent(rotation -> events.add(
            RotationEvents.state(terminal.terminalRecord().app(), rotation, lane.nowMillis())));
    ObjectNode data = JSON.createObjectNode().put("imsi", with.imsiText());
    switch (outcome.binding()) {
      case NONE -> {}
      case BOUND -> events.add(event(terminal, EventTypes.TERMINAL_REBOUND, data));
      case TAKEN -> {
        terminal.unbind(with);
        data.put("reason", IMSI_TAKEN);
        LOG.warn("terminal {}: another terminal has its new IMSI by now", terminal.serial());
        lane.services()
            .trail()
            .append("terminal.bindingMismatch", terminal.serial(), data.deepCopy());
        events.add(TerminalEvents.session(terminal));
        events.add(event(terminal, EventTypes.TERMINAL_BINDING_MISMATCH, data));
      }
    }
    if (!events.isEmpty()) {
      lane.insist(resident, events, kept -> {});
      renew.accept(resident);
    }
  }

  private Change event(Terminal terminal, String type, ObjectNode data) {
    return TerminalEvents.event(terminal, type, lane.nowMillis(), data, UplinkMark.NONE);
  }
}
