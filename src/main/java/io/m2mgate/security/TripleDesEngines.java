package io.m2mgate.security;

import io.m2mgate.wire.Bytes;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The triple DES engines used last, each with its key set, about 420 bytes each: to set a key takes twice the time of
 * encrypting 128 bytes. One is kept for as long as somebody else has its key: who lets go of a key lets go of its engine. One
 * for each lane, used on its thread only.
 */
final class TripleDesEngines {
  private static final float LOAD = 0.75f;

  private final int most;
  private final Map<Schedule, Ready> engines;
  private final ReferenceQueue<byte[]> gone = new ReferenceQueue<>();

  private record Schedule(long first, long second, boolean encrypts) {
    /** Without the key. */
    @Override
    public String toString() {
      return encrypts ? "encrypts" : "decrypts";
    }
  }

  /** The key as its session has it. */
  private static final class Holder extends WeakReference<byte[]> {
    private final Schedule schedule;

    Holder(byte[] key, Schedule schedule, ReferenceQueue<byte[]> gone) {
      super(key, gone);
      this.schedule = schedule;
    }
  }

  private record Ready(DESedeEngine engine, Holder holder) {}

  TripleDesEngines(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one key schedule is kept, not " + most);
    }
    this.most = most;
    this.engines = new LinkedHashMap<>(16, LOAD, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Schedule, Ready> eldest) {
        return size() > TripleDesEngines.this.most;
      }
    };
  }

  DESedeEngine of(byte[] key, boolean encrypts) {
    Schedule schedule = new Schedule(Bytes.u64(key, 0), Bytes.u64(key, Long.BYTES), encrypts);
    Ready ready = engines.get(schedule);
    if (ready != null && ready.holder().refersTo(key)) {
      return ready.engine();
    }
    DESedeEngine engine = ready == null ? set(key, encrypts) : ready.engine();
    engines.put(schedule, new Ready(engine, new Holder(key, schedule, gone)));
    return engine;
  }

  private static DESedeEngine set(byte[] key, boolean encrypts) {
    DESedeEngine engine = new DESedeEngine();
    engine.init(encrypts, new KeyParameter(key, 0, BodyCiphers.KEY_BYTES));
    return engine;
  }

  /** Lets go of those whose keys nobody has any more. */
  void sweep() {
    for (Reference<? extends byte[]> next = gone.poll(); next != null; next = gone.poll()) {
      Holder holder = (Holder) next;
      engines.computeIfPresent(
          holder.schedule, (schedule, ready) -> ready.holder() == holder ? null : ready);
    }
  }

  /** Lets go of all. */
  void clear() {
    engines.clear();
  }

  int size() {
    return engines.size();
  }
}
