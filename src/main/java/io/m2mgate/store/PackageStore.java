package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** The packages that are there. May be used from any thread. */
public interface PackageStore {

  /** Fails with CONFLICT when the application has that version of that name, with NOT_FOUND when it is gone. */
  Future<StoredPackage> create(StoredPackage fresh);

  /** @param app whose it must be, or empty for anybody's */
  Future<Optional<StoredPackage>> read(String id, Optional<String> app);

  /**
   * Newest first.
   *
   * @param app whose, or empty for everybody's
   * @param name of which, or empty for all
   */
  Future<Page<StoredPackage>> list(
      Optional<String> app, Optional<String> name, Optional<String> cursor, int limit);

  /** Replaces what people say of it, as far as given. Empty when it is not there. */
  Future<Optional<StoredPackage>> describe(
      String id, Optional<String> app, Optional<String> model, Optional<String> notes);

  /** False when it is not there. Fails with IN_USE while an upgrade names it. */
  Future<Boolean> delete(String id, Optional<String> app);

  /** Those of these files that a package has, by SHA-256. */
  Future<Set<String>> files(Set<String> sha256s);
}
