package io.m2mgate.ops;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lanes;
import io.m2mgate.store.CommandStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings terminals whose commands are to wake them into memory, so many a round, again and again: those that are not there yet, and
 * those whose next wake-up may be due. Used on one context.
 */
final class WakeRounds {

  private static final Logger LOG = LoggerFactory.getLogger(WakeRounds.class);

  private final CommandStore commands;
  private final Lanes lanes;
  private final int looks;
  private String last = "";
  private boolean looking;

  /** @param looks terminals of one round */
  WakeRounds(CommandStore commands, Lanes lanes, int looks) {
    this.commands = commands;
    this.lanes = lanes;
    this.looks = looks;
  }

  /** One round, unless the one before is not over. */
  void look() {
    if (looking) {
      return;
    }
    looking = true;
    commands.toWake(last, looks).onComplete(read -> {
      looking = false;
      if (read.failed()) {
        LOG.warn("cannot list the terminals to wake: {}", read.cause().getMessage());
        return;
      }
      read.result().forEach(serial -> visit(lanes, serial));
      last = read.result().size() < looks ? "" : read.result().get(looks - 1);
    });
  }

  /** Nothing happens where it is in memory already. */
  static void visit(Lanes lanes, String serial) {
    lanes.send(Addresses.visit(Math.floorMod(serial.hashCode(), lanes.count())), serial);
  }
}
