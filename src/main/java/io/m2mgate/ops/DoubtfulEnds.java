package io.m2mgate.ops;

import io.m2mgate.store.CommandStore;
import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ends of commands of which the store could not say whether it kept them: found out at the next look, and told as if it had. So many
 * at most, the oldest go first: who waits for one of those is told when his time is over. Safe for any thread.
 */
final class DoubtfulEnds {

  private final CommandStore store;
  private final Consumer<StoredCommand> told;
  private final Map<String, StoredCommand> ends;

  DoubtfulEnds(CommandStore store, int most, Consumer<StoredCommand> told) {
    this.store = store;
    this.told = told;
    this.ends = new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, StoredCommand> eldest) {
        return size() > most;
      }
    };
  }

  /** @param ended as it is if the store kept it */
  synchronized void add(StoredCommand ended) {
    ends.put(ended.id(), ended);
  }

  private synchronized List<StoredCommand> all() {
    return new ArrayList<>(ends.values());
  }

  private synchronized void remove(StoredCommand ended) {
    ends.remove(ended.id(), ended);
  }

  /** Fails as the store does; what was not found out stays. */
  Future<Void> look() {
    Future<Void> chain = Future.succeededFuture();
    for (StoredCommand ended : all()) {
      chain = chain.compose(done -> store.read(ended.id(), Optional.empty())).map(found -> {
        remove(ended);
        found.filter(ended::endedAs).ifPresent(told);
        return null;
      });
    }
    return chain;
  }
}
