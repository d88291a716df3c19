package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.security.Rekeying;
import io.m2mgate.security.Rekeying.Mode;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.sql.SqlResealing;
import io.m2mgate.store.sql.SqlStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Re-sealing a store, and who may use one meanwhile. */
abstract class ResealingContract extends StoreContract {
  private static final int TERMINALS = 5;
  private static final byte[] CLEAR = "password".getBytes(StandardCharsets.US_ASCII);

  private final SecretBox before = box(1);
  private final SecretBox after = box(2);

  private static SecretBox box(int key) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) key;
    return new SecretBox(bytes, new SecureRandom());
  }

  private void provision() {
    application(store, "app");
    for (int i = 1; i <= TERMINALS; i++) {
      String serial = serial(i);
      await(store
          .terminals()
          .create(
              StoreBench.terminal(i, "app"),
              new SealedSecrets(
                  before.seal(serial, SecretKinds.UPLINK_PASSWORD, CLEAR),
                  before.seal(serial, SecretKinds.DOWNLINK_PASSWORD, CLEAR),
                  new byte[0])));
    }
  }

  private Rekeying pass(Resealing resealing, Mode mode, int rows) {
    Rekeying rekeying = new Rekeying(before, after, mode);
    for (String place : resealing.places()) {
      Optional<String> last = Optional.of("");
      while (last.isPresent()) {
        last = await(resealing.next(place, last.get(), rows, rekeying)).last();
      }
    }
    return rekeying;
  }

  // Verifies that every value goes to the new key, in any number of steps, and stays there when it
  // is done again.
  @Test
  void reseals() {
    provision();
    await(store.close());
    Resealing resealing = await(SqlResealing.open(vertx, options()));

    Rekeying looked = pass(resealing, Mode.LOOK, 2);
    assertThat(List.of(looked.old(), looked.fresh(), looked.broken()))
        .containsExactly(2L * TERMINALS, 0L, 0L);
    assertThat(pass(resealing, Mode.RESEAL, 2).old()).isEqualTo(2L * TERMINALS);
    Rekeying again = pass(resealing, Mode.RESEAL, 100);
    assertThat(List.of(again.old(), again.fresh(), again.broken()))
        .containsExactly(0L, 2L * TERMINALS, 0L);
    await(resealing.close());

    store = await(SqlStore.open(vertx, options()));
    StoredTerminal stored = await(store.terminals().load(List.of(serial(1)))).get(0);
    byte[] sealed = stored.security().secrets().uplinkPassword();
    assertThat(after.open(serial(1), SecretKinds.UPLINK_PASSWORD, sealed)).isEqualTo(CLEAR);
    assertThat(stored.security().secrets().baseKey()).isEmpty();
  }

  // Verifies that what a webhook signs and sends with goes to the new key too, the old secret where
  // there is one.
  @Test
  void resealsWebhooks() {
    application(store, "app");
    await(store
        .webhooks()
        .create(
            new StoredWebhook(
                "w1",
                "app",
                "orders",
                "https://receiver.example/",
                Set.of(),
                Set.of(),
                Optional.empty(),
                8,
                new StoredWebhook.Headers(
                    Set.of("X-Key"), before.seal("w1", SecretKinds.WEBHOOK_HEADERS, CLEAR)),
                new StoredWebhook.Secrets(
                    before.seal("w1", SecretKinds.WEBHOOK, CLEAR), new byte[0], 0),
                StoredWebhook.Standing.ENABLED,
                1,
                1),
            0,
            20));
    await(store.close());
    Resealing resealing = await(SqlResealing.open(vertx, options()));
    assertThat(pass(resealing, Mode.RESEAL, 2).old()).isEqualTo(2L);
    await(resealing.close());

    store = await(SqlStore.open(vertx, options()));
    StoredWebhook stored = await(store.webhooks().byId("w1")).orElseThrow();
    assertThat(after.open("w1", SecretKinds.WEBHOOK, stored.secrets().sealed())).isEqualTo(CLEAR);
    assertThat(after.open("w1", SecretKinds.WEBHOOK_HEADERS, stored.headers().sealed()))
        .isEqualTo(CLEAR);
    assertThat(stored.secrets().oldSealed()).isEmpty();
  }

  // Verifies that a store in use cannot be re-sealed, nor one used that is being re-sealed.
  @Test
  void needsTheStoreAlone() {
    assertThat(refused(SqlResealing.open(vertx, options())).getMessage()).contains("in use");
    await(store.close());
    Resealing resealing = await(SqlResealing.open(vertx, options()));

    StoreFault fault = refused(SqlStore.open(vertx, options()));
    assertThat(fault.kind()).isEqualTo(StoreFault.Kind.UNAVAILABLE);
    assertThat(fault.getMessage()).contains("rekey");

    await(resealing.close());
    store = await(SqlStore.open(vertx, options()));
    await(store.probe());
  }
}
