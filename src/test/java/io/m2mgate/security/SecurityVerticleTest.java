package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origins;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredSecurity;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.wire.Frame;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecurityVerticleTest {
  private static final long STAMP = LaneFixture.NOW / 1000 - 60;

  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
  private final SecretBox box = new SecretBox(new byte[32], new SecureRandom());
  private final List<UplinkBatch> traps = new ArrayList<>();
  private final FakeOrigin origin = FakeOrigin.at("a");
  private LaneFixture fixture;
  private LaneFixture.OnLane on;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, journal::add, store());
    on = fixture.single();
    LaneFixture.await(fixture
        .lanes()
        .deploy(
            "security",
            () -> new SecurityVerticle(
                new SecurityOptions(
                    10, 0, 8, 1000, Sealing.segments(new SimpleMeterRegistry()), Origins.NONE),
                box,
                null)));
    on.<UplinkBatch>listen(Addresses.command(0, Command.CONFIG_TRAP), traps::add);
    on.<UplinkBatch>listen(Addresses.command(0, Command.TRANSPARENT_DATA), traps::add);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private TerminalStore store() {
    return (TerminalStore) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {TerminalStore.class},
        (proxy, method, arguments) -> Future.succeededFuture(List.of(stored())));
  }

  private StoredTerminal stored() {
    return new StoredTerminal(
        SampleTerminal.provisioned(true),
        StoredSecurity.of(new SealedSecrets(
            box.seal(
                SampleTerminal.SERIAL,
                SecretKinds.UPLINK_PASSWORD,
                RequestFrames.ascii(SampleTerminal.UPLINK)),
            box.seal(
                SampleTerminal.SERIAL,
                SecretKinds.DOWNLINK_PASSWORD,
                RequestFrames.ascii(SampleTerminal.DOWNLINK)),
            new byte[0])),
        new SessionState(
            STAMP,
            Optional.of(new SessionToken(STAMP, false, 1, LaneFixture.NOW, 0, 0, false)),
            List.of(),
            Optional.empty(),
            true,
            false,
            LaneFixture.NOW,
            "{}"),
        new byte[0],
        List.of(),
        false,
        DesiredSet.NONE);
  }

  private Inbound in(Frame frame, FakeOrigin from) {
    on.run(() -> on.its().credits().take(frame.length()));
    return new Inbound(frame, from, LaneFixture.NOW);
  }

  private Frame trap(int sequence, long stamp) {
    return RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, sequence), (int) stamp);
  }

  /** Hands the frames in and waits until the lane has nothing left to do with them. */
  private void receive(Inbound... frames) {
    on.run(() -> on.its().send(Addresses.inbound(0), new InboundBatch(List.of(frames))));
    settle();
  }

  private void settle() {
    for (int turn = 0; turn < 10; turn++) {
      on.run(() -> {});
    }
  }

  private Resident resident() {
    return on.its().terminals().find(SampleTerminal.SERIAL).orElseThrow();
  }

  // Verifies that the frames of a terminal wait while it is read, and all reach their handler.
  @Test
  void loadsAndServes() {
    receive(in(trap(1, STAMP), origin), in(trap(2, STAMP), origin));

    assertThat(traps).hasSize(1);
    assertThat(traps.get(0).requests()).hasSize(2);
    assertThat(on.its().credits().frames()).isEqualTo(2);
  }

  // Verifies that a fault of ours in one frame of a batch loses that frame and no other.
  @Test
  void losesOneFrameToAFault() {
    receive(in(trap(1, STAMP), origin));
    traps.clear();
    FakeOrigin broken = FakeOrigin.broken();

    receive(in(trap(2, STAMP), broken), in(trap(3, STAMP), origin));

    assertThat(traps).hasSize(1);
    assertThat(traps.get(0).requests())
        .extracting(uplink -> uplink.inbound().frame().sequence())
        .containsExactly(3);
    assertThat(on.its().credits().frames()).isEqualTo(2);
    assertThat(fixture.dropped(Drop.FAULT)).isEqualTo(1);
  }

  // Verifies that a terminal whose record changed can move and be forgotten like any other.
  @Test
  void isQuietAfterAChange() {
    receive(in(RequestFrames.unsigned(RequestFrames.of(Command.CONFIG_TRAP, 1)), origin));
    on.run(() -> assertThat(resident().quiet()).isTrue());

    CompletableFuture<Void> seen = new CompletableFuture<>();
    on.run(() ->
        on.its().send(Addresses.changed(0), new TerminalChanged(SampleTerminal.SERIAL, seen)));
    LaneFixture.await(seen);

    on.run(() -> assertThat(resident().quiet()).isTrue());
  }

  // Verifies that a session that a repeated request confirms is stored and told of, though the
  // request itself goes nowhere.
  @Test
  void storesConfirmationByACopy() {
    Frame first = RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, 1), (int) STAMP);
    receive(in(first, origin));
    Terminal terminal = resident().terminal().orElseThrow();
    List<Session> opened = new ArrayList<>();
    on.run(
        () -> opened.add(terminal.open(terminal.keyring().current(), false, 2, LaneFixture.NOW)));
    long stamp = opened.get(0).token().timestamp();
    Frame copy = RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, 1), (int) stamp);

    on.run(() -> on.its().credits().take(copy.length()));
    receive(new Inbound(copy, origin, LaneFixture.NOW + 20_000));

    assertThat(terminal.confirmed()).contains(opened.get(0));
    assertThat(journal).hasSize(1);
    assertThat(journal.element().units().get(0).changes())
        .anyMatch(change -> change instanceof Change.PutSession put
            && put.state().confirmed().orElseThrow().timestamp() == stamp)
        .anyMatch(change -> change instanceof Change.AppendEvent event
            && event.type().equals("m2m.terminal.login"));
  }
}
