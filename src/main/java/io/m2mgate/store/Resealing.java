package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Every sealed value of a store that no gateway uses meanwhile, place by place and batch by batch. */
public interface Resealing {

  /** Looks at one sealed value, and gives what is to stand there instead: the very same array where nothing is. */
  @FunctionalInterface
  interface Sealer {
    byte[] reseal(String subject, String kind, byte[] sealed);
  }

  /** @param last row that was looked at, empty when there are no more */
  record Batch(int rows, int changed, Optional<String> last) {}

  /** The names of the places, in the order in which they are best done. */
  List<String> places();

  /** Shows the sealer the values of the next rows after one, and commits what it changed, in one transaction. */
  Future<Batch> next(String place, String afterRow, int rows, Sealer sealer);

  /** Lets the store go, so that a gateway may use it again. */
  Future<Void> close();
}
