package io.m2mgate.command;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often may be registered, by one source and in all: buckets that hold a minute's worth. Shared by the lanes; forgets the
 * sources heard of longest ago.
 */
public final class RegistrationLimits {

  private static final int SOURCES = 10_000;
  private static final double MINUTE_MILLIS = 60_000;

  private final int perSource;
  private final Bucket inAll;
  private final Map<String, Bucket> sources = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > SOURCES;
    }
  };

  public RegistrationLimits(int perSource, int inAll) {
    this.perSource = perSource;
    this.inAll = new Bucket(inAll);
  }

  /** True when one more may be served; a source over its own limit takes nothing from the others. */
  synchronized boolean admit(String source, long nowMillis) {
    Bucket own = sources.computeIfAbsent(source, it -> new Bucket(perSource));
    if (!own.has(nowMillis) || !inAll.has(nowMillis)) {
      return false;
    }
    own.tokens--;
    inAll.tokens--;
    return true;
  }

  private static final class Bucket {
    private final int most;
    private double tokens;
    private long refilledMillis;

    Bucket(int most) {
      this.most = most;
      this.tokens = most;
    }

    boolean has(long nowMillis) {
      // A clock that was put back must not take tokens away.
      long passed = Math.max(0, nowMillis - refilledMillis);
      tokens = Math.min(most, tokens + passed * most / MINUTE_MILLIS);
      refilledMillis = nowMillis;
      return tokens >= 1;
    }
  }
}
