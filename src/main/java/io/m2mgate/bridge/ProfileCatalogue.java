package io.m2mgate.bridge;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/** The profiles as administration sees them. May be used from any thread. */
public interface ProfileCatalogue {

  /** Built-in and operator's profiles by name, complete with defaults. */
  Map<String, JsonObject> all();

  /** Names of all of them. */
  default Set<String> names() {
    return all().keySet();
  }

  /** Names of the read-only ones. */
  Set<String> builtIn();

  /** Checks and stores; gives it complete with defaults. Fails with {@link InvalidRequest} that lists pointers. */
  Future<JsonObject> put(String name, JsonObject body);

  /** Fails with the store's IN_USE while a terminal names it. */
  Future<Boolean> delete(String name);
}
