package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How changed records are read again. */
class RenewalsTest {
  private static final int PATIENCE_SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Promise<Optional<StoredTerminal>>> readings =
      new LinkedBlockingQueue<>();
  private final List<Boolean> workingWhenSettled = new ArrayList<>();
  private final Resident resident = new Resident(SampleTerminal.SERIAL);
  private int applied;
  private Renewals renewals;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private Future<Void> renew(int tries) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(nothing -> {
      if (renewals == null) {
        renewals = new Renewals(
            vertx,
            context,
            tries,
            1,
            serial -> {
              Promise<Optional<StoredTerminal>> reading = Promise.promise();
              readings.add(reading);
              return reading.future();
            },
            (who, found) -> applied++,
            who -> workingWhenSettled.add(who.working()));
      }
      renewals.renew(resident).onComplete(done);
    });
    return done.future();
  }

  private Promise<Optional<StoredTerminal>> reading() throws InterruptedException {
    return readings.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  // Verifies that a change during a reading is read after it, never beside it, that those who wait
  // share that, and that the terminal stays on its lane meanwhile.
  @Test
  void readsOneAfterTheOther() throws Exception {
    Future<Void> first = renew(1);
    Promise<Optional<StoredTerminal>> earlier = reading();
    Future<Void> second = renew(1);
    Future<Void> third = renew(1);
    assertThat(readings.poll(100, TimeUnit.MILLISECONDS)).isNull();

    earlier.complete(Optional.empty());
    first.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(second.isComplete()).isFalse();
    assertThat(applied).isOne();
    reading().complete(Optional.empty());
    second.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    third.await(PATIENCE_SECONDS, TimeUnit.SECONDS);

    assertThat(readings).isEmpty();
    assertThat(applied).isEqualTo(2);
    assertThat(workingWhenSettled).containsExactly(true, false);
  }

  // Verifies that a store that is away is asked again, as often as was said.
  @Test
  void triesAgain() throws Exception {
    Future<Void> renewed = renew(2);
    reading().fail("away");
    reading().fail("still away");

    assertThatThrownBy(() -> renewed.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageContaining("still away");
    assertThat(applied).isZero();
    assertThat(workingWhenSettled).containsExactly(false);
  }
}
