package io.m2mgate.bus;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The stored records of many terminals were created, changed or deleted.
 *
 * @param seen completed by the lane once it will serve the new records only
 */
public record TerminalsChanged(List<String> serials, CompletableFuture<Void> seen) {
  public TerminalsChanged {
    serials = List.copyOf(serials);
  }
}
