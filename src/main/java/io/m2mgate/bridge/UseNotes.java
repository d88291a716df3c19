package io.m2mgate.bridge;

import io.m2mgate.store.Store;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys were used and sessions heard, on its way to the store: a key once an hour, a session once a minute, in the background.
 * What does not fit is left out until the next use. Safe for any thread.
 */
final class UseNotes {

  private static final Logger LOG = LoggerFactory.getLogger(UseNotes.class);
  private static final int WRITTEN_BOUND = 10_000;
  private static final int PENDING_BOUND = 1_000;
  private static final long KEY_MILLIS = TimeUnit.HOURS.toMillis(1);
  private static final long SESSION_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Map<String, Long> written = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > WRITTEN_BOUND;
    }
  };
  private Map<String, Long> keys = new HashMap<>();
  private Map<String, Long> sessions = new HashMap<>();

  synchronized void key(String keyId, long nowMillis) {
    note(keys, keyId, nowMillis, KEY_MILLIS);
  }

  synchronized void session(String id, long nowMillis) {
    note(sessions, id, nowMillis, SESSION_MILLIS);
  }

  private void note(Map<String, Long> pending, String id, long nowMillis, long everyMillis) {
    Long last = written.get(id);
    if ((last == null || nowMillis - last >= everyMillis) && pending.size() < PENDING_BOUND) {
      written.put(id, nowMillis);
      pending.put(id, nowMillis);
    }
  }

  /** Writes what is noted; what the store refuses is lost, for it is no more than a note. */
  void flush(Store store) {
    Map<String, Long> usedKeys;
    Map<String, Long> heardSessions;
    synchronized (this) {
      usedKeys = keys;
      heardSessions = sessions;
      keys = new HashMap<>();
      sessions = new HashMap<>();
    }
    if (!usedKeys.isEmpty()) {
      store.applications().keysUsed(usedKeys).onFailure(UseNotes::lost);
    }
    if (!heardSessions.isEmpty()) {
      store.grants().seen(heardSessions).onFailure(UseNotes::lost);
    }
  }

  private static void lost(Throwable cause) {
    LOG.debug("last uses not written: {}", cause.toString());
  }
}
