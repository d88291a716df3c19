package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.github.f4b6a3.ulid.Ulid;
import io.m2mgate.config.Cidr;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.ApplicationPatch;
import io.m2mgate.store.ApplicationStore.KeyTerms;
import io.m2mgate.store.ApplicationStore.Limits;
import io.m2mgate.store.ApplicationStore.LimitsPatch;
import io.m2mgate.store.ApplicationStore.Rate;
import io.m2mgate.store.ApplicationStore.RelayPatch;
import io.m2mgate.store.AuditLog.Filter;
import io.m2mgate.store.GrantStore.Grant;
import io.m2mgate.store.GrantStore.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every store does with terms of keys, limits of applications, tokens and sessions, and the audit's filters. */
abstract class AccessContract extends StoreContract {

  private static ApiKeyHash key(String id, long created, long expires) {
    return new ApiKeyHash(
        id, "h", created, new KeyTerms("n-" + id, expires, Optional.of(Set.of("read")), 0));
  }

  private static Grant grant(Kind kind, int number, long expires) {
    return new Grant(
        "G" + number,
        kind,
        "a",
        "key-a",
        "digest-" + number,
        Set.of("read"),
        Optional.of("c"),
        kind == Kind.TOKEN ? 0 : 30,
        number,
        number,
        expires,
        false);
  }

  /** Verifies that a key's terms are kept, that a rotated one hands on name and scopes and ends, once. */
  @Test
  void rotatesAKeyOnce() {
    application(store, "a");
    await(store.applications().addKey("a", key("k1", 100, 0), 20));

    ApiKeyHash next = await(
            store.applications().rotateKey("a", "k1", new ApiKeyHash("k2", "h2", 200), 5_000, 20))
        .orElseThrow();

    assertThat(next.terms()).isEqualTo(new KeyTerms("n-k1", 0, Optional.of(Set.of("read")), 0));
    assertThat(await(store.applications().key("k2")).orElseThrow().key()).isEqualTo(next);
    assertThat(await(store.applications().key("k1")).orElseThrow().key().terms().expiresMillis())
        .isEqualTo(5_000);
    assertThat(refused(store
                .applications()
                .rotateKey("a", "k1", new ApiKeyHash("k3", "h", 300), 6_000, 20))
            .kind())
        .isEqualTo(StoreFault.Kind.STALE);
    assertThat(refused(store
                .applications()
                .rotateKey("a", "none", new ApiKeyHash("k3", "h", 300), 6_000, 20))
            .subject())
        .isEqualTo("key");
    assertThat(await(store.applications().endingKeys()))
        .extracting(owner -> owner.appCode() + owner.key().keyId())
        .containsExactly("ak1");
    await(store.applications().keysUsed(Map.of("k2", 777L, "gone", 1L)));
    assertThat(await(store.applications().key("k2")).orElseThrow().key().terms().usedMillis())
        .isEqualTo(777);
  }

  /** Verifies that a key with a life hands it on, and can be rotated before its end. */
  @Test
  void aRotatedKeyLivesAsLong() {
    application(store, "a");
    await(store.applications().addKey("a", key("k1", 100, 10_100), 20));

    ApiKeyHash next = await(
            store.applications().rotateKey("a", "k1", new ApiKeyHash("k2", "h2", 2_000), 3_000, 20))
        .orElseThrow();

    assertThat(next.terms().expiresMillis()).isEqualTo(12_000);
    assertThat(refused(store
                .applications()
                .rotateKey("a", "k1", new ApiKeyHash("k3", "h", 2_001), 3_001, 20))
            .kind())
        .isEqualTo(StoreFault.Kind.STALE);
  }

  /** Verifies that an application has so many keys and no more, and that those past their end make room. */
  @Test
  void boundsKeys() {
    application(store, "a");
    assertThat(await(store.applications().addKey("a", key("k1", 100, 500), 2))).isTrue();
    assertThat(await(store.applications().addKey("a", key("k2", 400, 0), 2))).isFalse();
    assertThat(await(
            store.applications().rotateKey("a", "key-a", new ApiKeyHash("k2", "h", 400), 900, 2)))
        .isEmpty();
    assertThat(await(store.applications().addKey("a", key("k2", 500, 0), 2))).isTrue();
    assertThat(await(store.applications().keys("a")))
        .extracting(ApiKeyHash::keyId)
        .containsExactly("key-a", "k2");
  }

  /** Verifies that limits are kept member by member. */
  @Test
  void keepsLimits() {
    application(store, "a");
    List<Cidr> ranges = List.of(
        Cidr.parse("10.0.0.0/8").orElseThrow(), Cidr.parse("2001:db8::/32").orElseThrow());

    limit(new LimitsPatch(Optional.of(Optional.of(new Rate(5, 7))), Optional.empty()));
    limit(new LimitsPatch(Optional.empty(), Optional.of(ranges)));

    assertThat(await(store.applications().read("a")).map(Application::limits))
        .hasValue(new Limits(Optional.of(new Rate(5, 7)), ranges));
    limit(new LimitsPatch(Optional.of(Optional.empty()), Optional.of(List.of())));
    assertThat(await(store.applications().read("a")).map(Application::limits))
        .hasValue(Limits.NONE);
  }

  private void limit(LimitsPatch patch) {
    await(store
        .applications()
        .update(
            "a",
            new ApplicationPatch(
                Optional.empty(), Optional.empty(), Optional.empty(), RelayPatch.NONE, patch)));
  }

  /** Verifies that a token is found by its digest with its key's end, that the oldest go, and that the swept are gone. */
  @Test
  void keepsTokens() {
    application(store, "a");
    for (int i = 1; i <= 4; i++) {
      assertThat(await(store.grants().create(grant(Kind.TOKEN, i, 1_000L * i), 3)))
          .isTrue();
    }

    assertThat(await(store.grants().find("digest-1"))).isEmpty();
    assertThat(await(store.grants().find("digest-4")))
        .hasValue(new GrantStore.Found(grant(Kind.TOKEN, 4, 4_000), 0));
    assertThat(await(store.grants().sweep(2_500))).isFalse();
    assertThat(await(store.grants().find("digest-2"))).isEmpty();
    assertThat(await(store.grants().find("digest-3"))).isPresent();
    assertThat(await(store.applications().removeKey("a", "key-a"))).isTrue();
    GrantStore.Found over = await(store.grants().find("digest-4")).orElseThrow();
    assertThat(over.keyExpiresMillis()).isEqualTo(-1);
    assertThat(over.grant().ended()).isTrue();
    assertThat(refused(store.grants().create(grant(Kind.TOKEN, 5, 1), 3)).subject())
        .isEqualTo("key");
  }

  /** Verifies that so many sessions are open at once, that ended ones are told from open ones over a restart, and are swept. */
  @Test
  void keepsSessions() {
    application(store, "a");
    assertThat(await(store.grants().create(grant(Kind.SESSION, 1, 0), 2))).isTrue();
    assertThat(await(store.grants().create(grant(Kind.SESSION, 2, 0), 2))).isTrue();
    assertThat(await(store.grants().create(grant(Kind.SESSION, 3, 0), 2))).isFalse();
    await(store.grants().seen(Map.of("G2", 99L)));
    await(store.grants().end("G1", 5_000));
    assertThat(await(store.grants().create(grant(Kind.SESSION, 4, 0), 2))).isTrue();
    reopen(options());

    assertThat(await(store.grants().openSessions()))
        .extracting(Grant::id, Grant::seenMillis)
        .containsExactly(tuple("G2", 99L), tuple("G4", 4L));
    assertThat(await(store.grants().find("digest-1")).orElseThrow().grant().expiresMillis())
        .isEqualTo(5_000);
    await(store.grants().endAll("a", 6_000));
    assertThat(await(store.grants().openSessions())).isEmpty();
    await(store.grants().sweep(5_500));
    assertThat(await(store.grants().find("digest-1"))).isEmpty();
    assertThat(await(store.applications().delete("a"))).isTrue();
    assertThat(await(store.grants().find("digest-2"))).isEmpty();
  }

  /** Verifies that the audit is narrowed by who, what, what to and when, and paged within. */
  @Test
  void filtersAudit() {
    for (int i = 0; i < 12; i++) {
      await(store
          .audit()
          .append(new AuditLog.Entry(
              Ulid.from(new UUID(1_000L * (i + 1) << 16, i)).toString(),
              1_000L * (i + 1),
              i % 2 == 0 ? "admin" : "app:a",
              i % 3 == 0 ? "key.create" : "key.delete",
              "t" + i % 4,
              "{}")));
    }

    assertThat(times(filter("admin", "", "", 0, 0))).containsExactly(11L, 9L, 7L, 5L, 3L, 1L);
    assertThat(times(filter("", "key.create", "", 0, 0))).containsExactly(10L, 7L, 4L, 1L);
    assertThat(times(filter("", "", "t3", 0, 0))).containsExactly(12L, 8L, 4L);
    assertThat(times(filter("app:a", "key.create", "t3", 0, 0))).containsExactly(4L);
    assertThat(times(filter("", "", "", 9_000, 11_000))).containsExactly(10L, 9L);
    assertThat(times(filter("admin", "", "", 3_000, 9_000))).containsExactly(7L, 5L, 3L);
    Page<AuditLog.Entry> first =
        await(store.audit().list(filter("admin", "", "", 0, 0), Optional.empty(), 4));
    assertThat(await(store.audit().list(filter("admin", "", "", 0, 0), first.next(), 4))
            .items())
        .extracting(entry -> entry.timeMillis() / 1_000)
        .containsExactly(3L, 1L);
  }

  private List<Long> times(Filter filter) {
    return await(store.audit().list(filter, Optional.empty(), 100)).items().stream()
        .map(entry -> entry.timeMillis() / 1_000)
        .toList();
  }

  private static Filter filter(String actor, String action, String target, long from, long before) {
    return new Filter(
        Optional.of(actor).filter(text -> !text.isEmpty()),
        Optional.of(action).filter(text -> !text.isEmpty()),
        Optional.of(target).filter(text -> !text.isEmpty()),
        Optional.of(from).filter(time -> time > 0),
        Optional.of(before).filter(time -> time > 0));
  }
}
