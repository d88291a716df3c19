package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SecretSet;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.SecurityStore;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecurityConfigVerticleTest {
  private static final int ACTIVATE = 7;
  private static final long SENT = LaneFixture.NOW - 1000;

  private final LaneFixture fixture = new LaneFixture(1, 1, batch -> {});

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Rows that nobody could have written: they have no origin. */
  private static Rotation broken(State state) {
    return new Rotation(
        "R",
        SampleTerminal.SERIAL,
        1,
        null,
        Set.of(SecretKinds.UPLINK_PASSWORD),
        state,
        "",
        SealedSecrets.NONE,
        SecretSet.Expiries.NEVER,
        SENT,
        SENT,
        SENT,
        0,
        0,
        Long.MAX_VALUE,
        1,
        0);
  }

  private static SecurityStore store() {
    return (SecurityStore) Proxy.newProxyInstance(
        SecurityConfigVerticleTest.class.getClassLoader(),
        new Class<?>[] {SecurityStore.class},
        (proxy, method, arguments) -> Future.succeededFuture(
            Optional.of(broken(method.getName().equals("step") ? State.ACKED : State.SENT))));
  }

  // Verifies that a fault of ours after the store has answered gives the request up: it holds
  // neither a credit of its connection nor its terminal.
  @Test
  void givesUpWhatFailsAfterTheStore() {
    LaneFixture.OnLane on = fixture.single();
    LaneFixture.await(fixture
        .lanes()
        .deploy("security-config", () -> new SecurityConfigVerticle(store(), null, null)));
    Uplink asked = ReportTest.uplink(
        RequestFrames.unsigned(
            RequestFrames.of(Command.SECURITY_CONFIG, 1).field("operation", ACTIVATE)),
        Command.SECURITY_CONFIG);

    on.run(() -> {
      on.its().credits().take(asked.inbound().frame().length());
      asked.resident().arrived(asked.terminal());
      asked.resident().begin();
      on.its().send(Addresses.command(0, Command.SECURITY_CONFIG), new UplinkBatch(List.of(asked)));
    });
    for (int turn = 0; turn < 10; turn++) {
      on.run(() -> {});
    }

    assertThat(fixture.dropped(Drop.FAULT)).isEqualTo(1);
    on.run(() -> {
      assertThat(on.its().credits().frames()).isZero();
      assertThat(asked.resident().quiet()).isTrue();
    });
  }
}
