package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The keys that each terminal of a fleet has by now. An entry is written by the event loop of its terminal; any thread may read.
 */
final class Roster {
  private final AtomicReferenceArray<Keys> all;
  private final boolean[] kept;
  private final FleetOptions options;
  private final AtomicBoolean changed = new AtomicBoolean();

  /** @param kept of an earlier run, by IMEI */
  Roster(FleetOptions options, Map<String, Keys> kept) {
    this.options = options;
    this.all = new AtomicReferenceArray<>(options.terminals());
    this.kept = new boolean[options.terminals()];
    for (int i = 0; i < options.terminals(); i++) {
      Keys before = kept.get(identity(i).imei());
      this.kept[i] = before != null;
      all.set(i, before != null ? before : fresh(i));
    }
  }

  SimulatedIdentity identity(int index) {
    return SimulatedIdentity.of(options.seed(), options.app(), options.first() + index);
  }

  private Keys fresh(int index) {
    Keys keys = identity(index).keys();
    Optional<Registration> register = options.security().register();
    if (register.filter(Registration::comesWithout).isPresent()) {
      keys = keys.withoutSecrets();
    }
    return register.filter(Registration.ASK_SERIAL::equals).isPresent()
        ? keys.withSerial(SimulatedIdentity.PLACEHOLDER)
        : keys;
  }

  Keys keys(int index) {
    return all.get(index);
  }

  /** Whether an earlier run left it, so that the gateway's record is as it should be. */
  boolean isKept(int index) {
    return kept[index];
  }

  /** How a terminal begins: who has secrets of an earlier run does not ask for its first ones. */
  Life life(int index) {
    SecurityOptions security = options.security();
    Keys keys = keys(index);
    return new Life(
        keys,
        security.register().filter(how -> !how.comesWithout() || !keys.hasPasswords()),
        security.register().filter(Registration.REBIND::equals).isPresent()
            ? nextImsi(index)
            : keys.imsi(),
        security.renewal(),
        security.clear());
  }

  /** Of the SIM that takes the place of the one it has. */
  private byte[] nextImsi(int index) {
    SimulatedIdentity who = identity(index);
    byte[] other = who.nextImsi();
    return Arrays.equals(keys(index).imsi(), other) ? SimulatedIdentity.ascii(who.imsi()) : other;
  }

  void set(int index, Keys keys) {
    if (all.getAndSet(index, keys) != keys) {
      changed.set(true);
    }
  }

  /** What changed is not kept yet. */
  void notKept() {
    changed.set(true);
  }

  /** Whether anything changed since this was asked last. */
  boolean changed() {
    return changed.getAndSet(false);
  }

  Stream<Keys> all() {
    return IntStream.range(0, all.length()).mapToObj(all::get);
  }
}
