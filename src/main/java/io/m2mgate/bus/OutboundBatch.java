package io.m2mgate.bus;

import io.m2mgate.session.Origin;
import java.util.List;

/** Sealed frames of one pass for one bearer of one lane, in order. */
public record OutboundBatch(List<Sealed> frames) {

  /** A frame as it goes out. */
  public record Sealed(Origin origin, byte[] frame) {}
}
