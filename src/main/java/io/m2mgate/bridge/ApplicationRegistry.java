package io.m2mgate.bridge;

import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.Application;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Owns the snapshot of all applications in memory, which the lanes and the taps read without asking the store. Loaded
 * at the start, updated after each administrative write; safe for any thread.
 */
public final class ApplicationRegistry {

  private final ApplicationStore store;
  private final Map<String, Application> byCode = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  public ApplicationRegistry(ApplicationStore store) {
    this.store = store;
  }

  /** Reads all of them; to be done before a port opens. */
  public Future<Void> load() {
    return store.all().map(all -> {
      all.forEach(application -> byCode.put(application.appCode(), application));
      return null;
    });
  }

  public Optional<Application> find(String appCode) {
    return Optional.ofNullable(byCode.get(appCode));
  }

  Set<String> codes() {
    return byCode.keySet();
  }

  public boolean exists(String appCode) {
    return byCode.containsKey(appCode);
  }

  public void put(Application application) {
    byCode.put(application.appCode(), application);
    changed(application.appCode());
  }

  public void remove(String appCode) {
    byCode.remove(appCode);
    changed(appCode);
  }

  /** The listener gets the code of what changed, after it changed, on the changing thread; it must not block. */
  public void onChange(Consumer<String> listener) {
    listeners.add(listener);
  }

  private void changed(String appCode) {
    listeners.forEach(listener -> listener.accept(appCode));
  }
}
