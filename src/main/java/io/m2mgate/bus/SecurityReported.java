package io.m2mgate.bus;

import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What a terminal reported of its security while commands wait for it; it may show that one was carried out (5.4.1). Never printed.
 *
 * @param values by tag, the first of each; secrets among them
 * @param session in which it came
 * @param seen completes when what it shows is on its way to the store, before anything that is committed afterwards
 */
public record SecurityReported(
    Resident resident, Map<Integer, byte[]> values, Session session, CompletableFuture<Void> seen) {

  @Override
  public String toString() {
    return "SecurityReported[" + resident.serial() + "]";
  }
}
