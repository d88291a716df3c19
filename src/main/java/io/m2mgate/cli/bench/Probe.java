package io.m2mgate.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * Tells the bench, over standard input and output, what only a process knows of itself: bytes its threads allocated and bytes that
 * live after a collection. A thread of its own, which ends the process when the bench is gone.
 */
final class Probe {
  static final String ANSWER = "probe ";
  static final String COLLECT = "gc";
  static final String COUNT = "count";

  private static final int ORPHANED = 3;
  private static final int COLLECTIONS = 3;
  private static final long ORDERLY_STOP_MILLIS = 20_000;

  private Probe() {}

  static void start() {
    Thread thread = new Thread(Probe::serve, "bench-probe");
    thread.setDaemon(true);
    thread.start();
  }

  private static void serve() {
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String asked = in.readLine(); asked != null; asked = in.readLine()) {
        if (asked.equals(COLLECT)) {
          collect();
        }
        System.out.println(ANSWER + allocated() + " " + live());
        System.out.flush();
      }
    } catch (IOException e) {
      System.err.println("bench probe: " + e.getMessage());
    }
    // The bench ends it in order, or is gone.
    LoadRun.pause(ORDERLY_STOP_MILLIS);
    Runtime.getRuntime().halt(ORPHANED);
  }

  private static void collect() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }

  private static long live() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
