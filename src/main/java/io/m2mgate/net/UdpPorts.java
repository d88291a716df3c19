package io.m2mgate.net;

import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Origins;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The UDP sockets of all lanes: with the native transport one on each, which share a port, else the first lane's alone. May be used
 * from any thread.
 */
public final class UdpPorts implements Origins {

  private final UdpOptions options;
  private final boolean shared;
  private final List<UdpPort> ports = new ArrayList<>();
  private final AtomicInteger bound = new AtomicInteger();

  public UdpPorts(Vertx vertx, UdpOptions options, int lanes, LaneMetrics metrics) {
    this.options = options;
    this.shared = vertx.isNativeTransportEnabled();
    for (int lane = 0; lane < lanes; lane++) {
      ports.add(new UdpPort(lane, options.candidateBytes(), metrics));
    }
  }

  UdpOptions options() {
    return options;
  }

  /** Whether this lane has a socket of its own. */
  boolean has(int lane) {
    return shared || lane == 0;
  }

  /** The socket that frames of this lane's terminals leave by when nothing came from them yet. */
  UdpPort of(int lane) {
    return ports.get(shared ? lane : 0);
  }

  /** An address that a terminal was verified at: nothing is open between two datagrams, so it is as good as ever. */
  @Override
  public Optional<Origin> again(int lane, String bearer, String remote) {
    return bearer.equals(Origin.UDP) ? UdpOrigin.read(of(lane), remote) : Optional.empty();
  }

  /** Whether several sockets are to share the port. */
  boolean shared() {
    return shared;
  }

  /** The port that was bound; 0 before. */
  public int bound() {
    return bound.get();
  }

  void bound(int port) {
    bound.set(port);
  }
}
