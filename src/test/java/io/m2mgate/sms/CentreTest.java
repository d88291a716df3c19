package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageReceipt;
import io.m2mgate.peer.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CentreTest {
  private static final long SOON = TimeUnit.SECONDS.toMillis(20);

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedLink link = new ScriptedLink();
  private Centre centre;

  private Centre open(int queue, int window, int perSecond, long giveUpMillis) {
    var options = new CentreOptions(queue, window, perSecond, giveUpMillis, 2, 10, 300);
    centre = new Centre(
        vertx, "scripted", link, options, new SimpleMeterRegistry(), InstantSource.system());
    centre.open();
    return centre;
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  // Verifies that messages go in the order in which they were asked for, and that what the centre
  // took is counted.
  @Test
  void sendsInOrder() throws Exception {
    open(100, 1, 1_000, SOON);
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ends.add(centre.send("S", message("" + i)));
    }

    get(Future.all(ends));

    assertThat(link.sent).extracting(ShortMessage::to).hasSize(50).element(49).isEqualTo("49");
    assertThat(link.sent)
        .isSortedAccordingTo(
            (a, b) -> Integer.compare(Integer.parseInt(a.to()), Integer.parseInt(b.to())));
    assertThat(centre.status().sent()).isEqualTo(50);
    assertThat(centre.status().queued() + centre.status().underWay()).isZero();
  }

  // Verifies that no more are with the link than the window says, and none beyond the queue is
  // taken.
  @Test
  void keepsToWindowAndQueue() throws Exception {
    Promise<String> held = link.hold();
    open(5, 3, 1_000, SOON);
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ends.add(centre.send("S", message("" + i)));
    }
    Await.until("a full window", Await.PATIENCE, () -> link.sent.size() == 3);

    assertThat(fault(centre.send("S", message("6"))).kind()).isEqualTo(Kind.LATER);
    assertThat(centre.status().queued()).isEqualTo(2);
    held.complete("");
    get(Future.all(ends));

    assertThat(link.most).hasValue(3);
    assertThat(link.sent).hasSize(5);
  }

  // Verifies that messages leave no faster than they may.
  @Test
  void keepsToRate() throws Exception {
    open(100, 10, 100, SOON);
    long start = System.nanoTime();
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < 41; i++) {
      ends.add(centre.send("S", message("" + i)));
    }

    get(Future.all(ends));

    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
  }

  // Verifies that what the centre has no room for goes again, slower, until it is taken.
  @Test
  void repeatsWhatWasNotTaken() throws Exception {
    link.answer(Kind.LATER);
    open(10, 10, 100, SOON);
    Future<Void> end = centre.send("S", message("1"));
    Await.until("a first try", Await.PATIENCE, () -> centre.status().repeats() == 1);

    assertThat(centre.status().ratePerSecond()).isLessThan(100);
    link.answer(message -> Future.succeededFuture("1"));
    get(end);

    assertThat(link.sent).hasSize(2);
    assertThat(centre.status().failed().values()).containsOnly(0L);
  }

  // Verifies that a message fails as not sent when its time is over, whether the link is down or
  // the centre full.
  @Test
  void givesUpInTime() {
    open(10, 10, 100, 400);
    link.receiver().state(false, "no route");

    ShortMessageFault down = fault(centre.send("S", message("1")));

    assertThat(down).hasMessageContaining("no route");
    assertThat(down.kind()).isEqualTo(Kind.LATER);
    assertThat(link.sent).isEmpty();
    link.answer(Kind.LATER);
    link.receiver().state(true, "");
    assertThat(fault(centre.send("S", message("1"))).kind()).isEqualTo(Kind.LATER);
    assertThat(link.sent).isNotEmpty();
  }

  // Verifies that what was refused, or may have been taken, is not sent again, and is told apart.
  @Test
  void repeatsNothingElse() {
    open(10, 10, 100, SOON);
    for (Kind kind : List.of(Kind.REFUSED, Kind.DOUBTFUL)) {
      link.answer(kind);
      assertThat(fault(centre.send("S", message("1"))).kind()).isEqualTo(kind);
      assertThat(centre.status().failed().get(kind)).isEqualTo(1);
    }
    link.answer(message -> Future.failedFuture(new IllegalStateException("broken")));
    assertThat(fault(centre.send("S", message("1"))).kind()).isEqualTo(Kind.DOUBTFUL);
    assertThat(link.sent).hasSize(3);
    assertThat(centre.status().lastFault()).get().extracting("text").isEqualTo("broken");
  }

  // Verifies that more messages from telephones than may be in work stay with the centre.
  @Test
  void boundsWhatComes() throws Exception {
    open(10, 10, 100, SOON);
    List<Promise<Void>> taken = new ArrayList<>();
    centre.receiver(message -> {
      taken.add(Promise.promise());
      return taken.get(taken.size() - 1).future();
    });
    Future<Void> first = link.receiver().message(received());
    Future<Void> second = link.receiver().message(received());

    assertThat(fault(link.receiver().message(received())).kind()).isEqualTo(Kind.LATER);
    taken.forEach(Promise::complete);
    get(Future.all(first, second));
    assertThat(centre.status().received()).isEqualTo(2);
    assertThat(centre.status().left()).isEqualTo(1);
    link.receiver().message(received());
    assertThat(taken).hasSize(3);
  }

  // Verifies that receipts are counted by what they say, also when they overtake the answer.
  @Test
  void countsReceipts() throws Exception {
    Promise<String> held = link.hold();
    open(10, 10, 100, SOON);
    Future<Void> end = centre.send("S", message("1"));
    link.receiver()
        .receipt(new ShortMessageReceipt("7", ShortMessageReceipt.State.UNDELIVERABLE, "001"));
    held.complete("7");
    get(end);

    assertThat(centre.status().receipts().get(ShortMessageReceipt.State.UNDELIVERABLE))
        .isEqualTo(1);
  }

  // Verifies that closing lets go what may go, fails the rest as not sent, takes nothing more, and
  // closes the link.
  @Test
  void drainsAndCloses() throws Exception {
    open(10, 10, 100, SOON);
    get(centre.send("S", message("1")));
    Promise<String> held = link.hold();
    Future<Void> last = centre.send("S", message("2"));
    Await.until("it under way", Await.PATIENCE, () -> link.sent.size() == 2);
    Future<Void> closed = centre.close();

    assertThat(fault(centre.send("S", message("3"))).kind()).isEqualTo(Kind.LATER);
    assertThat(fault(link.receiver().message(received())).kind()).isEqualTo(Kind.LATER);
    held.complete("");
    get(last);
    get(closed);
    assertThat(link.closed).isTrue();
  }

  // Verifies that closing does not wait for a link that is down.
  @Test
  void closesWithoutLink() throws Exception {
    open(10, 10, 100, SOON);
    link.receiver().state(false, "gone");
    Future<Void> waiting = centre.send("S", message("1"));

    get(centre.close());

    assertThat(fault(waiting).kind()).isEqualTo(Kind.LATER);
  }

  private static ShortMessage message(String to) {
    return new ShortMessage(to, new byte[] {1}, true, true);
  }

  private static ReceivedShortMessage received() {
    return new ReceivedShortMessage("8613900000001", "10086", 4, true, new byte[] {1});
  }

  private static void get(Future<?> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static ShortMessageFault fault(Future<?> future) {
    Await.until("an end", Await.PATIENCE, future::isComplete);
    assertThat(future.cause()).isInstanceOf(ShortMessageFault.class);
    return (ShortMessageFault) future.cause();
  }
}
