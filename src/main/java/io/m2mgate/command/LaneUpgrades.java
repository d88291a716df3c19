package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.bus.Lane;
import io.m2mgate.session.Resident;
import io.m2mgate.store.StoredCommand.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the upgrades of one lane's terminals which blocks were asked for (clause 5.3.8). Used on the lane's thread. */
final class LaneUpgrades {

  /** A terminal that asked for a block so long ago does not download any more (ground rule 2). */
  private static final long DOWNLOAD_MILLIS = 30_000;

  /** Terminals whose upgrade is not in memory yet. */
  private static final int MISSED = 1_000;

  private static final int NO_LANE = -1;

  private final Lane lane;
  private final LaneCommands commands;

  /** When they last asked for a block, the longest ago first. */
  private final Map<String, Long> downloading = new LinkedHashMap<>();

  private final Map<String, FileAsked> missed = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, FileAsked> eldest) {
      return size() > MISSED;
    }
  };

  LaneUpgrades(Lane lane, LaneCommands commands) {
    this.lane = lane;
    this.commands = commands;
  }

  void asked(FileAsked asked) {
    String serial = asked.resident().serial();
    Optional<Resident> here = lane.terminals().find(serial);
    if (here.isPresent()) {
      if (!take(here.get(), asked)) {
        missed.put(serial, asked);
        commands.due(serial);
      }
      return;
    }
    // It moved on once it was answered.
    int now = lane.services().locator().laneOf(serial, NO_LANE);
    if (now != NO_LANE && now != lane.index()) {
      lane.send(Addresses.fileAsked(now), asked);
    }
  }

  /** False when its upgrade is not in memory. */
  private boolean take(Resident resident, FileAsked asked) {
    for (CommandRequest request : commands.known(resident)) {
      if (!request.over()
          && request.work() instanceof UpgradeWork upgrade
          && upgrade.transaction() == asked.transaction()) {
        downloading.remove(resident.serial());
        if (!asked.isEnd()) {
          downloading.put(resident.serial(), asked.atMillis());
        }
        boolean acked = request.stored().state() == State.ACKED;
        upgrade.asked(asked, acked).ifPresent(request::takeEnd);
        return true;
      }
    }
    return false;
  }

  /** Tries again what found no upgrade, and forgets who does not download any more. */
  void tick() {
    long before = lane.nowMillis() - DOWNLOAD_MILLIS;
    if (!missed.isEmpty()) {
      List<FileAsked> again = List.copyOf(missed.values());
      missed.clear();
      again.stream().filter(asked -> asked.atMillis() > before).forEach(this::retry);
    }
    downloading.values().removeIf(at -> at <= before);
  }

  private void retry(FileAsked asked) {
    Optional<Resident> here = lane.terminals().find(asked.resident().serial());
    if (here.isPresent() && !take(here.get(), asked)) {
      missed.put(here.get().serial(), asked);
    }
  }

  /** Terminals that download, as far as can be seen. */
  int downloading() {
    return downloading.size();
  }
}
