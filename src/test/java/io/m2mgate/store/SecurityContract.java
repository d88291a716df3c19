package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.terminal;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.m2mgate.store.SecurityStore.Binding;
import io.m2mgate.store.SecurityStore.NewRotation;
import io.m2mgate.store.SecurityStore.Settled;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.store.SecurityStore.Used;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does with sets of secrets and bindings (behaviour 5.3.1, 5.3.10). */
abstract class SecurityContract extends StoreContract {
  private static final String OTHER_IMSI = "460999999999999";

  @BeforeEach
  void provisionTwo() {
    application(store, "app");
    provision(store, "app", 1, 3);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static SealedSecrets sealed(String name) {
    return new SealedSecrets(ascii(name + "-up"), ascii(name + "-down"), ascii(name + "-key"));
  }

  private Future<Rotation> opening(String id, int number, long deadlineMillis) {
    return store
        .security()
        .open(new NewRotation(
            id,
            serial(number),
            Rotation.Origin.REGISTRATION,
            Set.of("uplinkPassword", "baseKey"),
            sealed(id),
            new Expiries(10, 20, 30, 30),
            1_000,
            deadlineMillis));
  }

  private static Used used(String id, long generation) {
    return new Used(generation, sealed(id), new Expiries(10, 20, 30, 30));
  }

  /** The terminal's stored sessions: one that the set of this generation opened, tentative or confirmed. */
  private void session(int number, long generation, long openedMillis, boolean confirmed) {
    SessionToken token = new SessionToken(77, false, 5, openedMillis, 0, generation, false);
    committed(
        store,
        new Change.PutSession(
            serial(number),
            new SessionState(
                77,
                confirmed ? Optional.of(token) : Optional.empty(),
                confirmed ? List.of() : List.of(token),
                Optional.empty(),
                confirmed,
                false,
                openedMillis,
                "{}")));
  }

  private StoredSecurity security(int number) {
    return await(store.terminals().load(List.of(serial(number)))).get(0).security();
  }

  /** Verifies that an opened rotation is stored as it was asked for, under the next generation, beside what is in force. */
  @Test
  void opensARotation() {
    Rotation opened = await(opening("A", 1, 9_000));

    assertThat(opened.generation()).isEqualTo(1);
    assertThat(opened.state()).isEqualTo(Rotation.State.QUEUED);
    assertThat(opened.origin()).isEqualTo(Rotation.Origin.REGISTRATION);
    assertThat(opened.kinds()).containsExactlyInAnyOrder("uplinkPassword", "baseKey");
    assertThat(opened.expiries()).isEqualTo(new Expiries(10, 20, 30, 30));
    assertThat(opened.secrets().baseKey()).isEqualTo(ascii("A-key"));
    assertThat(opened.deadlineMillis()).isEqualTo(9_000);
    assertThat(opened.isOpen()).isTrue();
    assertThat(await(store.security().openOf(serial(1))).orElseThrow().id()).isEqualTo("A");
    assertThat(await(store.security().openOf(serial(2)))).isEmpty();
    assertThat(security(1).generation()).isZero();
    assertThat(security(1).secrets().uplinkPassword()).isEmpty();
    assertThat(security(1).open().orElseThrow().secrets().uplinkPassword())
        .isEqualTo(ascii("A-up"));
  }

  /** Verifies that a terminal has one open rotation, also of many that are asked for at once, and that strangers have none. */
  @Test
  void opensOneOnly() {
    List<Future<Rotation>> racing = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      racing.add(opening("R" + i, 1, 9_000));
    }
    await(Future.join(racing).otherwiseEmpty());

    List<Future<Rotation>> won = racing.stream().filter(Future::succeeded).toList();
    assertThat(won).hasSize(1);
    assertThat(racing.stream().filter(Future::failed).map(Future::cause)).allSatisfy(cause -> {
      assertThat(((StoreFault) cause).kind()).isEqualTo(StoreFault.Kind.CONFLICT);
      assertThat(((StoreFault) cause).subject()).isEqualTo("rotation");
    });
    assertThat(await(store.security().openOf(serial(1))).orElseThrow().id())
        .isEqualTo(won.get(0).result().id());
    assertThat(refused(opening("X", 7, 9_000)).kind()).isEqualTo(StoreFault.Kind.NOT_FOUND);
  }

  /** Verifies that steps count sends and sessions, keep the first times, never go back, and end with the secrets erased. */
  @Test
  void steps() {
    await(opening("A", 1, 9_000));
    SecurityStore security = store.security();

    await(security.step("A", new Step(Rotation.State.SENT, "", 1, false, 2_000)));
    await(security.step("A", new Step(Rotation.State.SENT, "", 1, false, 3_000)));
    await(security.step("A", Step.to(Rotation.State.ACKED, "", 4_000)));
    await(security.step("A", Step.to(Rotation.State.ACKED, "", 5_000)));
    Rotation back = await(
            security.step("A", new Step(Rotation.State.SENT, "again", 1, true, 6_000)))
        .orElseThrow();
    assertThat(back.state()).isEqualTo(Rotation.State.ACKED);
    assertThat(back.reason()).isEmpty();
    assertThat(back.sends()).isEqualTo(3);
    assertThat(back.oldSessions()).isEqualTo(1);
    assertThat(List.of(back.sentMillis(), back.ackedMillis(), back.updatedMillis()))
        .containsExactly(2_000L, 4_000L, 6_000L);

    Rotation ended = await(security.step("A", Step.to(Rotation.State.ABANDONED, "operator", 7_000)))
        .orElseThrow();
    assertThat(ended.isOpen()).isFalse();
    assertThat(ended.endedMillis()).isEqualTo(7_000);
    assertThat(ended.secrets().uplinkPassword()).isEmpty();
    assertThat(ended.secrets().downlinkPassword()).isEmpty();
    assertThat(ended.secrets().baseKey()).isEmpty();
    assertThat(await(security.step("A", Step.to(Rotation.State.SENT, "", 8_000))))
        .isEmpty();
    assertThat(await(security.step("nobody", Step.to(Rotation.State.SENT, "", 8_000))))
        .isEmpty();
    assertThat(await(opening("B", 1, 9_000)).generation()).isEqualTo(2);
  }

  /** Verifies that a settled set is in force with its expiries, that its rotation has succeeded and holds nothing, also twice. */
  @Test
  void settlesASet() {
    Rotation opened = await(opening("A", 1, 9_000));
    long generation = opened.generation();

    Settled settled =
        await(store.security().settle(serial(1), used("A", generation), Optional.empty(), 5_000));
    assertThat(settled.rotation().orElseThrow().state()).isEqualTo(Rotation.State.SUCCEEDED);
    assertThat(settled.rotation().get().secrets().baseKey()).isEmpty();
    assertThat(settled.binding()).isEqualTo(Binding.NONE);
    assertThat(await(
            store.security().settle(serial(1), used("A", generation), Optional.empty(), 6_000)))
        .isEqualTo(new Settled(Optional.empty(), Binding.NONE));

    StoredSecurity after = security(1);
    assertThat(after.generation()).isEqualTo(generation);
    assertThat(after.open()).isEmpty();
    assertThat(after.secrets().uplinkPassword()).isEqualTo(ascii("A-up"));
    assertThat(after.secrets().downlinkPassword()).isEqualTo(ascii("A-down"));
    assertThat(after.secrets().baseKey()).isEqualTo(ascii("A-key"));
    assertThat(after.expiries()).isEqualTo(new Expiries(10, 20, 30, Expiries.NONE));
    assertThat(security(2).generation()).isZero();
  }

  /**
   * Verifies that secrets an administrator sets never expire, and that an open rotation takes over those it does not change:
   * its set would bring the ones before back otherwise.
   */
  @Test
  void takesOverWhatIsSetBeside() {
    await(opening("A", 1, 9_000));
    await(store.terminals().update(serial(1), secrets("set"), Optional.empty()));

    Rotation open = security(1).open().orElseThrow();
    assertThat(open.secrets().uplinkPassword()).isEqualTo(ascii("A-up"));
    assertThat(open.secrets().downlinkPassword()).isEqualTo(ascii("set-down"));
    assertThat(open.secrets().baseKey()).isEqualTo(ascii("A-key"));
    assertThat(open.expiries().downlink()).isEqualTo(Expiries.NONE);
    await(
        store.security().settle(serial(1), used("A", open.generation()), Optional.empty(), 5_000));
    assertThat(security(1).expiries().uplink()).isEqualTo(10);
    await(store.terminals().update(serial(1), secrets("again"), Optional.empty()));
    assertThat(security(1).expiries()).isEqualTo(Expiries.NEVER);
    assertThat(security(1).secrets().downlinkPassword()).isEqualTo(ascii("again-down"));
  }

  private static TerminalPatch secrets(String name) {
    SealedSecrets all = sealed(name);
    return new TerminalPatch(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(all.uplinkPassword()),
        Optional.of(all.downlinkPassword()),
        Optional.of(all.baseKey()));
  }

  /**
   * Verifies that no end but success is taken over while a stored session that the set opened can be confirmed or was: what the
   * terminal uses is not forgotten.
   */
  @Test
  void keepsASetInUse() {
    SecurityStore security = store.security();
    Rotation opened = await(opening("A", 1, 9_000));
    session(1, opened.generation() + 1, 2_000, true);
    session(1, opened.generation(), 2_000, false);

    Rotation kept = await(security.step("A", Step.to(Rotation.State.ABANDONED, "", 302_000)))
        .orElseThrow();
    assertThat(kept.isOpen()).isTrue();
    assertThat(kept.state()).isEqualTo(Rotation.State.QUEUED);
    assertThat(kept.secrets().uplinkPassword()).isEqualTo(ascii("A-up"));

    session(1, opened.generation(), 2_000, true);
    assertThat(await(security.step("A", Step.to(Rotation.State.ROLLED_BACK, "", 999_000)))
            .orElseThrow()
            .isOpen())
        .isTrue();

    session(1, opened.generation(), 2_000, false);
    assertThat(await(security.step("A", Step.to(Rotation.State.ABANDONED, "", 302_001)))
            .orElseThrow()
            .state())
        .as("past the time in which a frame could confirm the session")
        .isEqualTo(Rotation.State.ABANDONED);
  }

  /**
   * Verifies that a set that a session confirmed is in force although its rotation was ended and erased in between, that a later
   * rotation takes over what it does not change of it, and that an overtaken set stays overtaken.
   */
  @Test
  void settlesAnEndedSet() {
    SecurityStore security = store.security();
    Rotation first = await(opening("A", 1, 9_000));
    await(security.step("A", Step.to(Rotation.State.ABANDONED, "", 2_000)));
    Rotation later = await(opening("B", 1, 9_000));

    Settled settled =
        await(security.settle(serial(1), used("A", first.generation()), Optional.empty(), 5_000));
    assertThat(settled.rotation().orElseThrow().state()).isEqualTo(Rotation.State.SUCCEEDED);
    assertThat(settled.rotation().get().secrets().baseKey()).isEmpty();
    StoredSecurity after = security(1);
    assertThat(after.generation()).isEqualTo(first.generation());
    assertThat(after.secrets().uplinkPassword()).isEqualTo(ascii("A-up"));
    assertThat(after.secrets().downlinkPassword()).isEqualTo(ascii("A-down"));
    assertThat(after.secrets().baseKey()).isEqualTo(ascii("A-key"));
    assertThat(after.expiries()).isEqualTo(new Expiries(10, 20, 30, Expiries.NONE));
    assertThat(after.open().orElseThrow().secrets().uplinkPassword()).isEqualTo(ascii("B-up"));
    assertThat(after.open().get().secrets().downlinkPassword()).isEqualTo(ascii("A-down"));

    await(security.settle(serial(1), used("B", later.generation()), Optional.empty(), 6_000));
    Rotation last = await(opening("C", 1, 9_000));
    await(security.step("C", Step.to(Rotation.State.ABANDONED, "", 7_000)));
    await(opening("D", 1, 9_000));
    await(security.settle(serial(1), used("D", last.generation() + 1), Optional.empty(), 8_000));
    assertThat(await(
            security.settle(serial(1), used("C", last.generation()), Optional.empty(), 9_000)))
        .isEqualTo(new Settled(Optional.empty(), Binding.NONE));
    assertThat(security(1).secrets().uplinkPassword()).isEqualTo(ascii("D-up"));
  }

  /** Verifies that a session under the set before settles nothing. */
  @Test
  void keepsThePendingSet() {
    await(opening("A", 1, 9_000));
    assertThat(await(store.security().settle(serial(1), used("none", 0), Optional.empty(), 5_000)))
        .isEqualTo(new Settled(Optional.empty(), Binding.NONE));
    assertThat(security(1).open()).isPresent();
  }

  /** Verifies that an IMSI is bound when it was asked for and a session confirmed it, and only then. */
  @Test
  void rebinds() {
    SecurityStore security = store.security();
    assertThat(await(security.settle(serial(1), used("none", 0), Optional.of(OTHER_IMSI), 5_000))
            .binding())
        .isEqualTo(Binding.NONE);
    assertThat(await(security.rebindTo(serial(1), OTHER_IMSI))).isTrue();
    assertThat(await(security.rebindTo(serial(1), OTHER_IMSI))).isTrue();
    assertThat(await(security.rebindTo(serial(7), OTHER_IMSI))).isFalse();
    assertThat(security(1).rebindingTo()).contains(OTHER_IMSI);

    assertThat(await(security.settle(serial(1), used("none", 0), Optional.of(OTHER_IMSI), 6_000))
            .binding())
        .isEqualTo(Binding.BOUND);
    assertThat(security(1).rebindingTo()).isEmpty();
    var bound = await(store.terminals().byImsi(OTHER_IMSI)).orElseThrow();
    assertThat(bound.serial()).isEqualTo(serial(1));
    assertThat(bound.revision()).isEqualTo(2);
    assertThat(await(security.settle(serial(1), used("none", 0), Optional.of(OTHER_IMSI), 7_000))
            .binding())
        .isEqualTo(Binding.NONE);
  }

  /** Verifies that an IMSI which another terminal has by then is not bound twice. */
  @Test
  void bindsNoImsiTwice() {
    String taken = terminal(2, "app").imsi().orElseThrow();
    await(store.security().rebindTo(serial(1), taken));
    assertThat(await(store.security().settle(serial(1), used("none", 0), Optional.of(taken), 5_000))
            .binding())
        .isEqualTo(Binding.TAKEN);
    assertThat(security(1).rebindingTo()).isEmpty();
    assertThat(
            await(store.security().settle(serial(1), used("none", 0), Optional.of(taken), 6_000)))
        .isEqualTo(new Settled(Optional.empty(), Binding.NONE));
    assertThat(await(store.terminals().byImsi(taken)).orElseThrow().serial()).isEqualTo(serial(2));
  }

  /** Verifies that the mode of the SIM binding is kept. */
  @Test
  void keepsTheSimBinding() {
    assertThat(security(1).simBinding()).isZero();
    assertThat(await(store.security().simBinding(serial(1), 2))).isTrue();
    assertThat(security(1).simBinding()).isEqualTo(2);
    assertThat(await(store.security().simBinding(serial(7), 2))).isFalse();
  }

  /** Verifies reads, lists by page and the lists of what waits, is overdue and expires. */
  @Test
  void finds() {
    SecurityStore security = store.security();
    await(opening("A", 1, 9_000));
    await(security.step("A", Step.to(Rotation.State.ABANDONED, "", 2_000)));
    await(opening("B", 1, 8_000));
    await(opening("C", 2, 7_000));

    assertThat(await(security.read(serial(1), "B", Optional.of("app")))).isPresent();
    assertThat(await(security.read(serial(1), "B", Optional.of("other")))).isEmpty();
    assertThat(await(security.read(serial(2), "B", Optional.empty()))).isEmpty();
    Page<Rotation> first = await(security.list(serial(1), Optional.empty(), 1));
    assertThat(first.items()).extracting(Rotation::id).containsExactly("B");
    assertThat(await(security.list(serial(1), first.next(), 1)).items())
        .extracting(Rotation::id)
        .containsExactly("A");

    assertThat(await(security.overdue(8_000, 10)))
        .extracting(Rotation::id)
        .containsExactly("C", "B");
    await(security.step("C", Step.to(Rotation.State.UNCONFIRMED, "", 8_000)));
    assertThat(await(security.overdue(8_000, 10))).extracting(Rotation::id).containsExactly("B");

    await(security.settle(serial(1), used("B", 2), Optional.empty(), 9_000));
    assertThat(await(security.expiringBefore(11, "", 10)))
        .extracting(SecurityStore.Expiring::serial)
        .containsExactly(serial(1));
    assertThat(await(security.expiringBefore(10, "", 10))).isEmpty();
  }

  /** Verifies that a deleted terminal takes its rotations with it, and that all of it survives a restart. */
  @Test
  void livesAsLongAsTheTerminal() {
    await(opening("A", 1, 9_000));
    await(opening("B", 2, 9_000));
    await(store.terminals().delete(serial(1)));
    reopen(options());
    assertThat(await(store.security().openOf(serial(1)))).isEmpty();
    assertThat(await(store.security().openOf(serial(2))).orElseThrow().secrets().baseKey())
        .isEqualTo(ascii("B-key"));
  }
}
