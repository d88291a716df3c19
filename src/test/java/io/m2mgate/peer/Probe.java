package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A well-behaved terminal and a well-behaved reader of its events: what they see is what a bad neighbour costs. One
 * thread owns it.
 */
public final class Probe implements AutoCloseable {
  private final String app;
  private final PeerTerminal terminal;
  private final SseTap tap;
  private long sent;

  /** Milliseconds from the write to the acknowledgement, and to the event at the reader. */
  public record Figures(
      double ackMedian, double ackP99, double readMedian, double readP99, double readMax) {
    @Override
    public String toString() {
      return "ack p50 %.1f p99 %.1f ms, delivered p50 %.1f p99 %.1f max %.1f ms"
          .formatted(ackMedian, ackP99, readMedian, readP99, readMax);
    }
  }

  public Probe(GatewayProcess gateway, Api application, String app)
      throws IOException, InterruptedException {
    this.app = app;
    Identity who = gateway.api().createTerminal(Identity.fresh(), app);
    tap = new SseTap(application, 0, "?serial=" + who.serial());
    terminal = gateway.terminal(who).login();
  }

  /** Sends so many readings, each when the one before was acknowledged and delivered. */
  public Figures measure(int readings) {
    long[] acks = new long[readings];
    long[] reads = new long[readings];
    for (int i = 0; i < readings; i++) {
      byte[] payload = PeerBytes.bytes().u32(sent++).toArray();
      String expected = Base64.getEncoder().encodeToString(payload);
      long start = System.nanoTime();
      if (terminal.data(app, payload) != 0) {
        throw new AssertionError("a reading was refused");
      }
      acks[i] = System.nanoTime() - start;
      tap.await((JsonNode event) -> event.at("/data/payload").asText().equals(expected));
      reads[i] = System.nanoTime() - start;
    }
    Arrays.sort(acks);
    Arrays.sort(reads);
    return new Figures(at(acks, 50), at(acks, 99), at(reads, 50), at(reads, 99), at(reads, 100));
  }

  private static double at(long[] sorted, int percent) {
    int index = Math.min(sorted.length - 1, sorted.length * percent / 100);
    return sorted[index] / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  @Override
  public void close() throws IOException {
    terminal.close();
    tap.close();
  }
}
