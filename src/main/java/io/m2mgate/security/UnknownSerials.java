package io.m2mgate.security;

import java.util.LinkedHashMap;
import java.util.Map;

/** Serials that were looked for and not found, for a short while, so that strangers do not cost a read each. One for each lane. */
final class UnknownSerials {

  private static final int MOST = 10_000;
  private static final long MILLIS = 10_000;

  private final Map<String, Long> since = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST;
    }
  };

  void add(String serial, long nowMillis) {
    since.remove(serial);
    since.put(serial, nowMillis);
  }

  boolean has(String serial, long nowMillis) {
    Long at = since.get(serial);
    return at != null && nowMillis - at < MILLIS;
  }

  void forget(String serial) {
    since.remove(serial);
  }
}
