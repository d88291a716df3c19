package io.m2mgate.store;

import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Reconciliation.State;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The reconciliations that were asked and what became of them. Futures may complete on any thread. */
public interface ReconciliationStore {

  /** False when so many are open already. */
  Future<Boolean> create(Reconciliation.Ask ask, int maxOpen);

  Future<Optional<Reconciliation>> read(String id);

  /** Newest first. */
  Future<Page<Reconciliation>> list(Optional<String> cursor, int limit);

  /** The open ones, oldest first. */
  Future<List<Reconciliation>> open();

  /** In serial order; of one stage, or of all. */
  Future<Page<Item>> items(String id, Optional<Stage> stage, Optional<String> cursor, int limit);

  /** Those that may still change, in serial order, after {@code afterSerial}. */
  Future<List<Item>> unsettled(String id, String afterSerial, int limit);

  /**
   * Keeps how far it has come and these terminals of it, together; {@code state} and {@code finished} of the progress are not
   * touched. False when it has ended.
   */
  Future<Boolean> save(String id, Progress progress, List<Item> changed);

  /** Ends an open one; false when it has ended before. */
  Future<Boolean> end(String id, State state, String reason, long nowMillis);
}
