package io.m2mgate.security;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.OutboundBatch.Sealed;
import io.m2mgate.session.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Sealed frames of one pass, by the bearer and lane they leave by: a handful, found by comparing. Owned by one lane. */
final class Outgoing {

  private final List<Way> ways = new ArrayList<>();

  private static final class Way {
    private final int lane;
    private final String bearer;
    private final String address;
    private List<Sealed> frames = new ArrayList<>();

    Way(int lane, String bearer) {
      this.lane = lane;
      this.bearer = bearer;
      this.address = Addresses.outbound(lane, bearer);
    }
  }

  void add(Origin origin, byte[] frame) {
    way(origin.lane(), origin.bearer()).frames.add(new Sealed(origin, frame));
  }

  private Way way(int lane, String bearer) {
    for (int i = 0; i < ways.size(); i++) {
      Way way = ways.get(i);
      if (way.lane == lane && way.bearer.equals(bearer)) {
        return way;
      }
    }
    Way fresh = new Way(lane, bearer);
    ways.add(fresh);
    return fresh;
  }

  /** Hands every batch on that is not empty, and begins new ones. */
  void flush(BiConsumer<String, List<Sealed>> send) {
    for (Way way : ways) {
      if (!way.frames.isEmpty()) {
        List<Sealed> batch = way.frames;
        way.frames = new ArrayList<>(batch.size());
        send.accept(way.address, batch);
      }
    }
  }
}
