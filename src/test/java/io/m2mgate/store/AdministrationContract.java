package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.ApplicationPatch;
import io.m2mgate.store.ApplicationStore.Relay;
import io.m2mgate.store.ApplicationStore.RelayPatch;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does with applications, profiles, cursors, audit and retention. */
abstract class AdministrationContract extends StoreContract {
  /** Verifies that retention removes the oldest by age and by size, and that counters and marks survive it. */
  @Test
  void retentionRemovesTheOldest() {
    application(store, "app");
    application(store, "big");
    provision(store, "app", 1, 3);
    CommitUnit[] units = IntStream.rangeClosed(1, 1_500)
        .mapToObj(i ->
            unit(new Change.AppendEvent("app", serial(1), "m2m.data.up", i, "{}", UplinkMark.NONE)))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, units));
    CommitUnit[] large = IntStream.rangeClosed(1, 20)
        .mapToObj(i -> unit(new Change.AppendEvent(
            "big",
            serial(2),
            "m2m.data.up",
            5_000,
            "\"" + "x".repeat(998) + "\"",
            UplinkMark.NONE)))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, large));

    long removed = await(
        store.sweep(new Store.Retention(6_000, 4_500, 10_000, 1, 1, 1L << 40, 1L << 40, 100)));

    EventLog.Extent big = await(store.events().extent("big"));
    assertThat(await(store.events().extent("app")))
        .isEqualTo(new EventLog.Extent(1_501 - 1, 1_500));
    assertThat(big.last()).isEqualTo(20);
    assertThat(big.oldest()).isBetween(10L, 15L);
    assertThat(removed).isEqualTo(1_499 + big.oldest() - 1);
    assertThat(page(store, "big", 0, 100).events()).hasSize((int) (21 - big.oldest()));
    assertThat(page(store, "big", 0, 100).oldest()).isEqualTo(big.oldest());

    await(store.sweep(new Store.Retention(100_000, 1, 1L << 40, 1, 1, 1L << 40, 1L << 40, 100)));
    assertThat(await(store.events().extent("app"))).isEqualTo(new EventLog.Extent(1_501, 1_500));
    assertThat(page(store, "app", 0, 10).events()).isEmpty();
    assertThat(page(store, "app", 0, 10).next()).isEqualTo(1_500);
    reopen(options());
    committed(store, event("app", serial(1), "{}"));
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::offset)
        .containsExactly(1_501L);
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1_501L);
  }

  /** Verifies that applications and keys are created, read, changed and listed. */
  @Test
  void applicationsAndKeys() {
    application(store, "b");
    application(store, "a");
    await(store.applications().addKey("a", new ApiKeyHash("second", "h2", 9), 20));

    assertThat(await(store.applications().key("second")).orElseThrow())
        .isEqualTo(new ApplicationStore.KeyOwner("a", new ApiKeyHash("second", "h2", 9)));
    assertThat(await(store.applications().keys("a")))
        .extracting(ApiKeyHash::keyId)
        .containsExactly("key-a", "second");
    assertThat(await(store.applications().removeKey("b", "second"))).isFalse();
    assertThat(await(store.applications().removeKey("a", "second"))).isTrue();
    assertThat(await(store.applications().key("second"))).isEmpty();
    assertThat(refused(store.applications().addKey("none", new ApiKeyHash("x", "h", 0), 20))
            .subject())
        .isEqualTo("application");
    ApplicationStore.Application changed = await(store
        .applications()
        .update(
            "a",
            new ApplicationPatch(
                Optional.of("New"), Optional.of(Set.of()), Optional.of(false), RelayPatch.NONE)));
    assertThat(await(store.applications().read("a"))).contains(changed);
    assertThat(changed).isEqualTo(new ApplicationStore.Application("a", "New", Set.of(), false, 5));
    assertThat(await(store.applications().read("b")).orElseThrow().scopes())
        .containsExactlyInAnyOrder("read", "write");
    assertThat(await(store.applications().all()))
        .extracting(ApplicationStore.Application::appCode)
        .containsExactly("a", "b");
    Page<ApplicationStore.Application> page = await(store.applications().list(Optional.empty(), 1));
    assertThat(page.items()).extracting(ApplicationStore.Application::appCode).containsExactly("a");
    assertThat(await(store.applications().list(page.next(), 1)).next()).isEmpty();
  }

  /** Verifies that what an application takes of others' terminals is kept, member by member. */
  @Test
  void keepsWhoMayRelay() {
    application(store, "a");
    assertThat(await(store.applications().read("a")).orElseThrow().relay()).isEqualTo(Relay.CLOSED);

    relay("a", new RelayPatch(Optional.of(Set.of("b", "c")), Optional.empty()));
    relay("a", new RelayPatch(Optional.empty(), Optional.of(false)));

    assertThat(await(store.applications().read("a")).orElseThrow().relay())
        .isEqualTo(new Relay(Set.of("b", "c"), false));
    assertThat(await(store.applications().all()))
        .extracting(ApplicationStore.Application::relay)
        .containsExactly(new Relay(Set.of("b", "c"), false));
  }

  private void relay(String app, RelayPatch patch) {
    await(store
        .applications()
        .update(
            app,
            new ApplicationPatch(Optional.empty(), Optional.empty(), Optional.empty(), patch)));
  }

  /** Verifies that an application in use stays, and that a deleted one takes its log along and frees its code. */
  @Test
  void aDeletedApplicationFreesItsCode() {
    application(store, "app");
    application(store, "home");
    provision(store, "app", 1, 2);
    CommitUnit[] units = IntStream.range(0, 1_000)
        .mapToObj(i -> unit(event("app", serial(1), "{}")))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, units));
    assertThat(refused(store.applications().delete("app")).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    await(store
        .terminals()
        .update(
            serial(1),
            new TerminalPatch(
                Optional.empty(),
                Optional.empty(),
                Optional.of("home"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.empty()));

    assertThat(await(store.applications().delete("app"))).isTrue();

    assertThat(await(store.applications().delete("app"))).isFalse();
    assertThat(await(store.applications().read("app"))).isEmpty();
    assertThat(await(store.applications().key("key-app"))).isEmpty();
    assertThat(outcomes(append(store, unit(event("app", serial(1), "{}")))))
        .containsExactly(Outcome.REJECTED);
    application(store, "app");
    committed(store, event("app", serial(1), "{\"new\":1}"));
    await(store.sweep(new Store.Retention(0, 1, 1L << 40, 1, 1, 1L << 40, 1L << 40, 100)));
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::dataJson)
        .containsExactly("{\"new\":1}");
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1L);
  }

  /** Verifies that profiles are kept by name and that one in use stays. */
  @Test
  void profiles() {
    application(store, "app");
    provision(store, "app", 1, 2);
    await(store.profiles().put("standard", "{}"));
    await(store.profiles().put("mine", "{\"a\":1}"));
    await(store.profiles().put("mine", "{\"a\":2}"));

    assertThat(await(store.profiles().all()))
        .isEqualTo(Map.of("standard", "{}", "mine", "{\"a\":2}"));
    assertThat(refused(store.profiles().delete("standard")).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    assertThat(await(store.profiles().delete("mine"))).isTrue();
    assertThat(await(store.profiles().delete("mine"))).isFalse();
  }

  /** Verifies that a cursor moves forward only. */
  @Test
  void cursorsMoveForward() {
    application(store, "app");
    ConsumerStore.Cursor cursor = new ConsumerStore.Cursor("client", "mqtt", 5, "{\"s\":[]}", 77);
    await(store.consumers().put("app", cursor));
    assertThat(await(store.consumers().read("app", "client"))).contains(cursor);

    await(store.consumers().commit("app", "client", 9));
    await(store.consumers().commit("app", "client", 3));
    await(store.consumers().commit("app", "nobody", 3));

    assertThat(await(store.consumers().read("app", "client")).orElseThrow().offset())
        .isEqualTo(9);
    assertThat(refused(store.consumers().put("none", cursor)).subject()).isEqualTo("application");
    assertThat(await(store.consumers().delete("app", "client"))).isTrue();
    assertThat(await(store.consumers().delete("app", "client"))).isFalse();
    assertThat(await(store.consumers().read("app", "client"))).isEmpty();
  }

  /** Verifies that a kind of cursors is bounded, and that those whose owner has gone expire and are swept, and no others. */
  @Test
  void cursorsExpire() {
    application(store, "app");
    ConsumerStore consumers = store.consumers();

    assertThat(await(consumers.admit("app", cursor("gone", 1_000, 5_000), 2))).isTrue();
    assertThat(await(consumers.admit("app", cursor("there", 1_000, 0), 2))).isTrue();
    assertThat(await(consumers.admit("app", cursor("third", 1_000, 0), 2))).isFalse();
    assertThat(await(consumers.admit("app", cursor("there", 2_000, 0), 2))).isTrue();
    await(consumers.put("app", cursor("ever", 0, 0)));
    assertThat(await(consumers.read("app", "there"))).contains(cursor("there", 2_000, 0));

    assertThat(await(store.sweep(retention(5_000)))).isZero();
    assertThat(await(consumers.read("app", "gone"))).isEmpty();

    await(consumers.abandon("mqtt", 7_000));
    assertThat(await(consumers.read("app", "there"))).contains(cursor("there", 2_000, 9_000));
    assertThat(cursor("there", 2_000, 9_000).isExpired(9_000)).isTrue();
    await(store.sweep(retention(8_999)));
    assertThat(await(consumers.read("app", "there"))).isPresent();
    await(store.sweep(retention(9_000)));
    assertThat(await(consumers.read("app", "there"))).isEmpty();
    assertThat(await(consumers.read("app", "ever"))).isPresent();
  }

  private static ConsumerStore.Cursor cursor(String name, long keep, long expires) {
    return new ConsumerStore.Cursor(name, "mqtt", 0, "{}", 77, keep, expires);
  }

  private static Store.Retention retention(long nowMillis) {
    return new Store.Retention(
        nowMillis, 1L << 40, 1L << 40, 1L << 40, 1L << 40, 1L << 40, 1L << 40, 100);
  }

  /** Verifies that audit entries are listed newest first, page by page, and swept by age. */
  @Test
  void auditIsListedNewestFirst() {
    for (int i = 1; i <= 5; i++) {
      await(store
          .audit()
          .append(
              new AuditLog.Entry("01" + i, i * 1_000, "admin", "terminal.create", "t" + i, "{}")));
    }

    Page<AuditLog.Entry> first = await(store.audit().list(Optional.empty(), 3));
    Page<AuditLog.Entry> second = await(store.audit().list(first.next(), 3));

    assertThat(first.items()).extracting(AuditLog.Entry::target).containsExactly("t5", "t4", "t3");
    assertThat(first.items().get(0))
        .isEqualTo(new AuditLog.Entry("015", 5_000, "admin", "terminal.create", "t5", "{}"));
    assertThat(second.items()).extracting(AuditLog.Entry::target).containsExactly("t2", "t1");
    assertThat(second.next()).isEmpty();
    await(store.sweep(new Store.Retention(6_000, 1, 1, 2_500, 1L << 40, 1L << 40, 1L << 40, 100)));
    assertThat(await(store.audit().list(Optional.empty(), 10)).items())
        .extracting(AuditLog.Entry::target)
        .containsExactly("t5", "t4");
  }

  /** Verifies that the text form of the options holds no password. */
  @Test
  void optionsDoNotTellPasswords() {
    StoreOptions secret = StoreOptions.of(
        "postgresql://joe:hush@db:5432/m2m?password=hush", options().metrics());

    assertThat(secret.toString()).doesNotContain("hush").contains("db:5432/m2m");
    assertThat(Arrays.asList(
            secret.withCredentials(Optional.of("joe"), Optional.of("hush2")).toString()))
        .noneMatch(text -> text.contains("hush"));
  }
}
