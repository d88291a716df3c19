package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.StoredReplay.State;
import io.m2mgate.store.StoredWebhook.Batch;
import io.m2mgate.store.StoredWebhook.Headers;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store does with webhooks. */
abstract class WebhookContract extends StoreContract {
  private static final Optional<String> NOTHING = Optional.empty();
  private static final byte[] NO_BYTES = {};

  private static StoredWebhook webhook(String id, String app, String name) {
    return new StoredWebhook(
        id,
        app,
        name,
        "https://receiver.example/" + id,
        Set.of("m2m.data.up", "m2m.report"),
        Set.of(),
        Optional.of(new Batch(10, 1_000, 50)),
        8,
        new Headers(Set.of("X-Tenant"), new byte[] {7, 8}),
        new Secrets(new byte[] {1, 2, 3}, NO_BYTES, 0),
        Standing.ENABLED,
        11,
        12);
  }

  private StoredWebhook create(String id, String app, String name) {
    return await(store.webhooks().create(webhook(id, app, name), 5, 20));
  }

  private static StoredReplay replay(String id, String webhook) {
    return new StoredReplay(
        id, webhook, 2, 9, 2, Set.of(), Set.of("SERIAL0000000001"), State.OPEN, 21, 21);
  }

  private long offset(String app, String name) {
    return await(store.consumers().read(app, StoredWebhook.consumer(name)))
        .orElseThrow()
        .offset();
  }

  // Verifies that one is given back as it was put in, with a consumer of its own, to its
  // application alone.
  @Test
  void keepsWebhooks() {
    application(store, "app");
    application(store, "other");
    create("w1", "app", "orders");
    StoredWebhook found = await(store.webhooks().read("app", "orders")).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(webhook("w1", "app", "orders"));
    assertThat(await(store.webhooks().byId("w1")).orElseThrow().url()).isEqualTo(found.url());
    assertThat(await(store.webhooks().read("other", "orders"))).isEmpty();
    assertThat(offset("app", "orders")).isEqualTo(5);
  }

  // Verifies that a name is taken once and that an application has so many and no more.
  @Test
  void boundsThem() {
    application(store, "app");
    create("w1", "app", "one");
    assertThat(
            refused(store.webhooks().create(webhook("w2", "app", "one"), 0, 20)).kind())
        .isEqualTo(StoreFault.Kind.CONFLICT);
    assertThat(
            refused(store.webhooks().create(webhook("w2", "app", "two"), 0, 1)).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    assertThat(
            refused(store.webhooks().create(webhook("w2", "none", "two"), 0, 1)).kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
    create("w2", "app", "two");
    create("w3", "app", "three");
    Page<StoredWebhook> first = await(store.webhooks().list(Optional.of("app"), NOTHING, 2));
    Page<StoredWebhook> second = await(store.webhooks().list(NOTHING, first.next(), 2));
    assertThat(first.items()).extracting(StoredWebhook::id).containsExactly("w1", "w2");
    assertThat(second.items()).extracting(StoredWebhook::id).containsExactly("w3");
  }

  // Verifies that each part can be said anew without the others.
  @Test
  void changesThem() {
    application(store, "app");
    StoredWebhook fresh = create("w1", "app", "orders");
    await(store.webhooks().secrets("w1", new Secrets(new byte[] {9}, new byte[] {1}, 99)));
    await(store.webhooks().standing("w1", new Standing(false, "gone", 77)));
    await(store.webhooks().failing("w1", 78));
    assertThat(await(store.webhooks().byId("w1")).orElseThrow().standing())
        .isEqualTo(new Standing(false, "gone", 78));
    StoredWebhook changed =
        await(store.webhooks().update(fresh, Optional.empty())).orElseThrow();
    assertThat(changed.secrets().sealed()).containsExactly(9);
    assertThat(changed.secrets().oldUntilMillis()).isEqualTo(99);
    assertThat(changed.standing()).isEqualTo(Standing.ENABLED);
    assertThat(offset("app", "orders")).isEqualTo(5);
    await(store.webhooks().update(fresh, Optional.of(2L)));
    assertThat(offset("app", "orders")).isEqualTo(2);
    assertThat(await(store.webhooks().update(webhook("w9", "app", "x"), Optional.of(1L))))
        .isEmpty();
    assertThat(await(store.webhooks().secrets("w9", fresh.secrets()))).isFalse();
    assertThat(await(store.webhooks().standing("w9", Standing.ENABLED))).isFalse();
  }

  // Verifies that a webhook has one open replay, that ended ones are kept up to a number, and that
  // an ended one is moved no more.
  @Test
  void keepsReplays() {
    application(store, "app");
    create("w1", "app", "orders");
    var webhooks = store.webhooks();
    assertThat(refused(webhooks.open(replay("r0", "w9"), 2)).kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
    await(webhooks.open(replay("r1", "w1"), 2));
    assertThat(refused(webhooks.open(replay("r2", "w1"), 2)).kind())
        .isEqualTo(StoreFault.Kind.CONFLICT);
    assertThat(await(webhooks.openReplay("w1"))).contains(replay("r1", "w1"));
    assertThat(await(webhooks.move("r1", 4, State.OPEN))).isTrue();
    assertThat(await(webhooks.replay("w1", "r1")).orElseThrow().offset()).isEqualTo(4);
    assertThat(await(webhooks.move("r1", 9, State.DONE))).isTrue();
    assertThat(await(webhooks.move("r1", 1, State.OPEN))).isFalse();
    assertThat(await(webhooks.openReplay("w1"))).isEmpty();
    for (String id : List.of("r2", "r3", "r4")) {
      await(webhooks.open(replay(id, "w1"), 2));
      await(webhooks.move(id, 3, State.CANCELLED));
    }
    Page<StoredReplay> page = await(webhooks.replays("w1", NOTHING, 2));
    assertThat(page.items()).extracting(StoredReplay::id).containsExactly("r4", "r3");
    assertThat(await(webhooks.replays("w1", page.next(), 2)).items())
        .extracting(StoredReplay::id)
        .containsExactly("r2");
  }

  // Verifies that consumer and replays go with a webhook, and all of it with the application.
  @Test
  void removesThem() {
    application(store, "app");
    create("w1", "app", "one");
    create("w2", "app", "two");
    await(store.webhooks().open(replay("r1", "w1"), 2));
    assertThat(await(store.webhooks().delete("app", "one"))).isTrue();
    assertThat(await(store.webhooks().delete("app", "one"))).isFalse();
    assertThat(await(store.consumers().read("app", "webhook:one"))).isEmpty();
    assertThat(await(store.webhooks().replay("w1", "r1"))).isEmpty();
    await(store.webhooks().open(replay("r2", "w2"), 2));
    assertThat(await(store.applications().delete("app"))).isTrue();
    assertThat(await(store.webhooks().byId("w2"))).isEmpty();
    assertThat(await(store.webhooks().replay("w2", "r2"))).isEmpty();
  }
}
