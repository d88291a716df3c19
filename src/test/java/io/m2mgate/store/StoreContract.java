package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.await;

import io.m2mgate.store.sql.SqlStore;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every test of a store needs: one open on a database of its own. */
abstract class StoreContract {
  protected Vertx vertx;
  protected Store store;

  /** Options of a database of this test's own; the same one within a test. */
  abstract StoreOptions options();

  @BeforeEach
  void openStore() {
    vertx = Vertx.vertx();
    store = await(SqlStore.open(vertx, options()));
  }

  @AfterEach
  void closeStore() {
    await(store.close());
    await(vertx.close());
  }

  protected void reopen(StoreOptions options) {
    await(store.close());
    store = await(SqlStore.open(vertx, options));
  }
}
