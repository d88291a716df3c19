package io.m2mgate.net;

import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.session.Inbound;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One lane's UDP socket as its origins know it: there before the socket is bound and after it is closed. Written by the socket's lane,
 * may be read on any thread.
 */
final class UdpPort {

  private final int lane;
  private final int candidateBytes;
  private final Map<DatagramDrop, Counter> dropped = new EnumMap<>(DatagramDrop.class);
  private volatile Consumer<Inbound> whenCompleted = frame -> {};
  private volatile boolean open;

  UdpPort(int lane, int candidateBytes, LaneMetrics metrics) {
    this.lane = lane;
    this.candidateBytes = candidateBytes;
    for (DatagramDrop reason : DatagramDrop.values()) {
      dropped.put(
          reason,
          metrics.counter(
              "m2mgate_datagrams_dropped",
              "Datagrams of terminals that were not taken or not sent, by reason",
              "reason",
              LaneMetrics.label(reason)));
    }
  }

  int lane() {
    return lane;
  }

  int candidateBytes() {
    return candidateBytes;
  }

  boolean open() {
    return open;
  }

  void opened(Consumer<Inbound> tellCompleted) {
    whenCompleted = tellCompleted;
    open = true;
  }

  void closed() {
    open = false;
  }

  void completed(Inbound frame) {
    whenCompleted.accept(frame);
  }

  void drop(DatagramDrop reason) {
    dropped.get(reason).increment();
  }
}
