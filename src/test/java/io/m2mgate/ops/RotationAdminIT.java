package io.m2mgate.ops;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SessionState;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators whose wishes meet each other, or the terminal's answer. */
class RotationAdminIT {
  private static final long NOW = 1_700_000_000_000L;

  @TempDir
  Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> told = new ArrayList<>();
  private Store store;
  private RotationAdmin operators;
  private Rotation opened;

  @BeforeEach
  void open() {
    store = await(SqlStore.open(
        vertx,
        StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry())));
    application(store, "app");
    provision(store, "app", 1, 2);
    TerminalChanges changes = new TerminalChanges() {
      @Override
      public synchronized Future<Void> changed(String serial) {
        told.add(serial);
        return Future.succeededFuture();
      }

      @Override
      public void unlock(String serial) {}

      @Override
      public Future<Map<String, SessionState>> live(Collection<String> serials) {
        return Future.succeededFuture(Map.of());
      }
    };
    operators = new RotationAdmin(store, null, null, null, changes, InstantSource.system());
    opened = await(store
        .security()
        .open(new SecurityStore.NewRotation(
            "R",
            serial(1),
            Rotation.Origin.OPERATOR,
            Set.of(SecretKinds.UPLINK_PASSWORD),
            SealedSecrets.NONE,
            SecretSet.Expiries.NEVER,
            NOW,
            Long.MAX_VALUE)));
  }

  @AfterEach
  void close() {
    await(store.close());
    await(vertx.close());
  }

  private Rotation stored() {
    return await(store.security().read(serial(1), "R", Optional.empty())).orElseThrow();
  }

  // Verifies that a wish to send again is not lost when the terminal's answer comes between it and
  // the store.
  @Test
  void keepsTheWishToResendThroughAnAck() {
    await(store.security().step("R", new Step(State.SENT, "", 1, false, NOW)));
    await(store.security().step("R", Step.to(State.ACKED, "", NOW)));

    Optional<Rotation> done = await(operators.resend(opened));

    assertThat(done.orElseThrow().state()).isEqualTo(State.ACKED);
    assertThat(stored().reason()).isEqualTo(Rotation.RESEND);
    assertThat(stored().sends()).isEqualTo(1);
    assertThat(told).containsExactly(serial(1));
  }

  // Verifies that of operators who give one up at once exactly one does it, and that a wish to send
  // it again either came before or is told that it has ended.
  @Test
  void givesUpOnce() {
    List<Future<Optional<Rotation>>> abandons = new ArrayList<>();
    List<Future<Optional<Rotation>>> resends = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      resends.add(operators.resend(opened));
      abandons.add(operators.abandon(opened));
    }
    await(Future.join(abandons));
    await(Future.join(resends));

    assertThat(abandons.stream().filter(it -> it.result().isPresent())).hasSize(1);
    assertThat(resends.stream().flatMap(it -> it.result().stream()))
        .allSatisfy(it -> assertThat(it.reason()).isEqualTo(Rotation.RESEND));
    assertThat(stored().state()).isEqualTo(State.ABANDONED);
    assertThat(stored().reason()).isEmpty();
    assertThat(await(operators.resend(opened))).isEmpty();
    assertThat(await(store.security().openOf(serial(1)))).isEmpty();
  }
}
