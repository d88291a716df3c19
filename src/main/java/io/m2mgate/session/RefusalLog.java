package io.m2mgate.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which refusals were told lately: one line and one event a minute for a serial and code, and one for all unknown serials, so that
 * attack traffic does not fill a disk (5.4.5). One for each lane.
 */
public final class RefusalLog {

  private static final int MOST = 10_000;
  private static final long MILLIS = 60_000;

  private final Map<String, Long> told = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST;
    }
  };

  /** True when this one is to be told. */
  public boolean tell(String who, String code, long nowMillis) {
    String key = who + '/' + code;
    Long last = told.get(key);
    if (last != null && nowMillis - last < MILLIS) {
      return false;
    }
    told.put(key, nowMillis);
    return true;
  }
}
