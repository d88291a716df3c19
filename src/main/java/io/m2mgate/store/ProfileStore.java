package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Map;

/** The operator's profiles as JSON text by name; the built-in ones are not here. */
public interface ProfileStore {
  Future<Map<String, String>> all();

  Future<Void> put(String name, String json);

  /** Fails with IN_USE while a terminal names it. */
  Future<Boolean> delete(String name);
}
