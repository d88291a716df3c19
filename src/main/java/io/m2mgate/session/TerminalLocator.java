package io.m2mgate.session;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Which lane serves which terminal. Shared by all lanes: a lane claims a terminal that nobody serves, and only the lane that
 * serves it may hand it over or give it up.
 */
public final class TerminalLocator {

  private final ConcurrentHashMap<String, Integer> lanes = new ConcurrentHashMap<>();

  /** Answer of {@link #claim}: nobody served the terminal, now the asking lane does and must load it. */
  public static final int CLAIMED = -1;

  /**
   * The lane that serves the terminal, or {@link #CLAIMED}. A lane that is told its own number without having the terminal knows
   * that it is on its way from another lane.
   */
  public int claim(String serial, int lane) {
    Integer owner = lanes.get(serial);
    if (owner == null) {
      owner = lanes.putIfAbsent(serial, lane);
    }
    return owner == null ? CLAIMED : owner;
  }

  /** True when {@code from} served it and {@code to} does now. */
  public boolean handOver(String serial, int from, int to) {
    return lanes.replace(serial, from, to);
  }

  public void release(String serial, int lane) {
    lanes.remove(serial, lane);
  }

  /** The lane that serves it, or {@code otherwise}. */
  public int laneOf(String serial, int otherwise) {
    return lanes.getOrDefault(serial, otherwise);
  }
}
