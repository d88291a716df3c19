package io.m2mgate.security;

import io.m2mgate.wire.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The triple DES engines used last, each with its key set, about 420 bytes each: to set a key takes twice the time of
 * encrypting 128 bytes. One for each lane, used on its thread only.
 */
final class TripleDesEngines {
  private static final float LOAD = 0.75f;

  private final int most;
  private final Map<Schedule, DESedeEngine> engines;

  private record Schedule(long first, long second, boolean encrypts) {
    /** Without the key. */
    @Override
    public String toString() {
      return encrypts ? "encrypts" : "decrypts";
    }
  }

  TripleDesEngines(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one key schedule is kept, not " + most);
    }
    this.most = most;
    this.engines = new LinkedHashMap<>(16, LOAD, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Schedule, DESedeEngine> eldest) {
        return size() > TripleDesEngines.this.most;
      }
    };
  }

  DESedeEngine of(byte[] key, boolean encrypts) {
    Schedule schedule = new Schedule(Bytes.u64(key, 0), Bytes.u64(key, Long.BYTES), encrypts);
    DESedeEngine engine = engines.get(schedule);
    if (engine == null) {
      engine = new DESedeEngine();
      engine.init(encrypts, new KeyParameter(key, 0, BodyCiphers.KEY_BYTES));
      engines.put(schedule, engine);
    }
    return engine;
  }

  int size() {
    return engines.size();
  }
}
