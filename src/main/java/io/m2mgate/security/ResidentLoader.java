package io.m2mgate.security;

import io.m2mgate.bus.Lane;
import io.m2mgate.session.Resident;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads terminals from the store for one lane, those of one pass together. Used on the lane's thread. */
final class ResidentLoader {

  private static final Logger LOG = LoggerFactory.getLogger(ResidentLoader.class);

  /** What the lane does with what was read. */
  interface Outcome {
    void loaded(Resident resident);

    void unknown(Resident resident);

    void failed(Resident resident);
  }

  /** Terminals that arrive in one turn of the lane. */
  private static final int AT_ONCE = 64;

  private final Lane lane;
  private final Context context;
  private final TerminalAssembly assembly;
  private final int most;
  private List<Resident> wanted = new ArrayList<>();
  private int pending;

  ResidentLoader(Lane lane, Context context, TerminalAssembly assembly, int most) {
    this.lane = lane;
    this.context = context;
    this.assembly = assembly;
    this.most = most;
  }

  /** False when too many are being read already. */
  boolean want(Resident resident) {
    if (pending >= most) {
      return false;
    }
    pending++;
    wanted.add(resident);
    return true;
  }

  /** Reads what was wanted in this pass, a few at a time: between two arrivals heartbeats are answered. */
  void load(Outcome outcome) {
    if (wanted.isEmpty()) {
      return;
    }
    List<Resident> all = wanted;
    wanted = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      load(all.subList(from, Math.min(from + AT_ONCE, all.size())), outcome);
    }
  }

  private void load(List<Resident> batch, Outcome outcome) {
    read(batch.stream().map(Resident::serial).toList())
        .onComplete(read -> context.runOnContext(nothing -> {
          pending -= batch.size();
          if (read.failed()) {
            LOG.warn("cannot read {} terminals: {}", batch.size(), read.cause().getMessage());
            batch.forEach(outcome::failed);
          } else {
            batch.forEach(resident -> arrive(resident, read.result(), outcome));
          }
        }));
  }

  int pending() {
    return pending;
  }

  Future<Map<String, StoredTerminal>> read(List<String> serials) {
    return lane.services().terminals().load(serials).map(found -> {
      Map<String, StoredTerminal> bySerial = new HashMap<>();
      found.forEach(stored -> bySerial.put(stored.record().serial(), stored));
      return bySerial;
    });
  }

  private void arrive(Resident resident, Map<String, StoredTerminal> found, Outcome outcome) {
    if (resident.takeStale()) {
      if (!want(resident)) {
        outcome.failed(resident);
      }
      load(outcome);
      return;
    }
    StoredTerminal stored = found.get(resident.serial());
    if (stored == null) {
      outcome.unknown(resident);
      return;
    }
    try {
      resident.arrived(assembly.assemble(stored));
      // A command may have been asked since this was read.
      resident.commandsOpen(resident.commandsOpen() || stored.commandsOpen());
      outcome.loaded(resident);
    } catch (SecretBox.SealBroken e) {
      LOG.error("terminal {}: {}", resident.serial(), e.getMessage());
      outcome.failed(resident);
    }
  }
}
