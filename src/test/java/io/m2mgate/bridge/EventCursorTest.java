package io.m2mgate.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.EventLog;
import io.m2mgate.store.StoreFault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventCursorTest {

  private static final int PAGE = 10;
  private static final String USUAL = "m2m.data.up";
  private static final String RARE = "m2m.rare";

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ListLog log = new ListLog();
  private final Taps taps = taps();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Verifies that a full sink is neither called nor read for, and gets the rest in order once it resumes. */
  @Test
  void readsOnlyWhatIsTaken() throws Exception {
    // GIVEN
    log.append(100);
    var sink = new QueueSink(15);
    var cursor = start(0, sink);

    // WHEN it is full
    var first = sink.take(15);

    // THEN
    onLoop(() -> assertThat(sink.taken).isEmpty());
    assertThat(log.reads).hasValue(2);
    assertThat(cursor.lag()).isEqualTo(85);

    // WHEN
    onLoop(() -> {
      sink.room = Integer.MAX_VALUE;
      cursor.resume();
    });

    // THEN
    first.addAll(sink.take(85));
    assertThat(first).isEqualTo(LongStream.rangeClosed(1, 100).boxed().toList());
    onLoop(() -> assertThat(cursor.lag()).isZero());
  }

  /** Verifies that a cursor at the log's end wakes by a commit, and lets go of the log when closed. */
  @Test
  void wakes() throws Exception {
    // GIVEN
    log.append(3);
    var sink = new QueueSink(Integer.MAX_VALUE);
    var cursor = start(3, sink);

    // WHEN
    log.append(2);

    // THEN
    assertThat(sink.take(2)).containsExactly(4L, 5L);
    onLoop(cursor::close);
    assertThat(log.followers).isEmpty();
  }

  /** Verifies that a store that is away for a moment loses nothing. */
  @Test
  void survivesAnOutage() throws Exception {
    // GIVEN
    log.append(5);
    log.failures.set(1);
    var sink = new QueueSink(Integer.MAX_VALUE);

    // WHEN
    start(0, sink);

    // THEN
    assertThat(sink.take(5)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /** Verifies that what retention took is told before the log goes on, but not to who asked for the oldest. */
  @Test
  void tellsGap() throws Exception {
    // GIVEN
    log.append(10);
    log.oldest = 6;
    var late = new QueueSink(Integer.MAX_VALUE);
    var fromOldest = new QueueSink(Integer.MAX_VALUE);

    // WHEN
    start(2, late);
    start(0, fromOldest);

    // THEN
    assertThat(late.take(5)).startsWith(6L);
    assertThat(late.gaps).containsExactly("2-6");
    assertThat(fromOldest.take(5)).startsWith(6L);
    assertThat(fromOldest.gaps).isEmpty();
  }

  /** Verifies that a page of another reader's does not hide from a new one what was appended in between. */
  @Test
  void seesBehindWhatOthersRead() throws Exception {
    // GIVEN
    log.append(3);
    get(taps.pages().read(all(0, Set.of())));
    log.append(2);
    var sink = new QueueSink(Integer.MAX_VALUE);

    // WHEN nothing is appended any more
    start(0, sink);

    // THEN
    assertThat(sink.take(5)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /** Verifies the same for a pull, whose filter passes nothing of the other reader's page. */
  @Test
  void pullsBehindWhatOthersRead() throws Exception {
    // GIVEN
    log.append(3);
    log.rare = 4;
    var wanted = Set.of(RARE);
    assertThat(get(taps.pages().read(all(0, wanted))).next()).isEqualTo(3);
    log.append(1);

    // WHEN
    var pulled = new CompletableFuture<Long>();
    context.runOnContext(now -> new EventPull(vertx, taps, all(0, wanted))
        .start(Caller.ADMIN, 5_000)
        .onComplete(
            page -> pulled.complete(page.events().stream()
                .mapToLong(SharedEvent::offset)
                .findFirst()
                .orElse(0)),
            pulled::completeExceptionally));

    // THEN it does not wait for nothing
    assertThat(pulled.get(10, TimeUnit.SECONDS)).isEqualTo(4);
  }

  /** Verifies that readers of one page share what was made of its events, and that a sink hears when a pass is over. */
  @Test
  void sharesWhatIsMade() throws Exception {
    // GIVEN
    log.append(3);

    // WHEN
    var one = get(taps.pages().read(all(0, Set.of()))).events().get(1);
    var other = get(taps.pages().read(all(0, Set.of()))).events().get(1);

    // THEN
    assertThat(one.bytes("n")).isSameAs(other.bytes("n"));
    assertThat(one.bytes("n").toString()).isEqualTo(one.event().toJson("n"));
    var sink = new QueueSink(Integer.MAX_VALUE);
    start(0, sink);
    sink.take(3);
    onLoop(() -> assertThat(sink.passes).isEqualTo(List.of(3L)));
  }

  private static EventLog.EventQuery all(long after, Set<String> types) {
    return new EventLog.EventQuery("EC01", after, PAGE, 1 << 20, types, Set.of());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private EventCursor start(long after, QueueSink sink) throws Exception {
    var started = new CompletableFuture<EventCursor>();
    context.runOnContext(now -> {
      var query = new EventCursor.Query("EC01", after, PAGE, 1 << 20, Set.of(), Set.of());
      var cursor = new EventCursor(vertx, taps, query, sink);
      cursor.start();
      started.complete(cursor);
    });
    return started.get(10, TimeUnit.SECONDS);
  }

  private void onLoop(Runnable task) throws Exception {
    var done = new CompletableFuture<Void>();
    context.runOnContext(now -> {
      try {
        task.run();
        done.complete(null);
      } catch (Throwable failure) {
        done.completeExceptionally(failure);
      }
    });
    done.get(10, TimeUnit.SECONDS);
  }

  private Taps taps() {
    var loader = EventCursorTest.class.getClassLoader();
    var store = (ApplicationStore) Proxy.newProxyInstance(
        loader, new Class<?>[] {ApplicationStore.class}, (proxy, method, arguments) -> {
          throw new UnsupportedOperationException(method.getName());
        });
    var applications = new ApplicationRegistry(store);
    return new Taps(
        log,
        new Access(
            vertx, new Access.Stores(store, null), applications, "admin", InstantSource.system()),
        applications,
        new SimpleMeterRegistry());
  }

  /** Takes so many events and is full then. */
  private static final class QueueSink implements EventCursor.Sink {
    private final BlockingQueue<Long> taken = new LinkedBlockingQueue<>();
    private final List<String> gaps = new CopyOnWriteArrayList<>();
    private final List<Long> passes = new CopyOnWriteArrayList<>();
    private long sincePass;
    private int room;

    QueueSink(int room) {
      this.room = room;
    }

    List<Long> take(int count) throws InterruptedException {
      var offsets = new ArrayList<Long>();
      while (offsets.size() < count) {
        var offset = taken.poll(10, TimeUnit.SECONDS);
        assertThat(offset).isNotNull();
        offsets.add(offset);
      }
      return offsets;
    }

    @Override
    public EventCursor.Taken take(SharedEvent event) {
      taken.add(event.offset());
      sincePass++;
      room--;
      return room == 0 ? EventCursor.Taken.FULL : EventCursor.Taken.MORE;
    }

    @Override
    public EventCursor.Taken passed() {
      passes.add(sincePass);
      sincePass = 0;
      return EventCursor.Taken.MORE;
    }

    @Override
    public void gap(long after, long oldest) {
      gaps.add(after + "-" + oldest);
    }

    @Override
    public void ended() {
      gaps.add("ended");
    }
  }

  /** A log in memory, of which the test says what is gone and when it fails. */
  private static final class ListLog implements EventLog {
    private final List<LongConsumer> followers = new CopyOnWriteArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long last;
    private volatile long oldest = 1;
    private volatile long rare;

    void append(int count) {
      last += count;
      followers.forEach(follower -> follower.accept(last));
    }

    @Override
    public Future<EventPage> read(EventQuery query) {
      reads.incrementAndGet();
      if (failures.getAndDecrement() > 0) {
        return Future.failedFuture(new StoreFault(StoreFault.Kind.UNAVAILABLE, "", "away"));
      }
      long from = Math.max(query.after() + 1, oldest);
      var events = LongStream.rangeClosed(from, Math.min(last, from + query.limit() - 1))
          .mapToObj(this::event)
          .filter(event -> query.types().isEmpty() || query.types().contains(event.type()))
          .toList();
      long next = Math.max(query.after(), Math.min(last, from + query.limit() - 1));
      return Future.succeededFuture(new EventPage(events, next, oldest, last));
    }

    private Event event(long offset) {
      var type = offset == rare ? RARE : USUAL;
      return new Event("id", type, "A972030000000001", 0, "EC01", offset, offset, "{}");
    }

    @Override
    public Future<Extent> extent(String app) {
      return Future.succeededFuture(new Extent(oldest, last));
    }

    @Override
    public Subscription follow(String app, LongConsumer onAppended) {
      followers.add(onAppended);
      return () -> followers.remove(onAppended);
    }
  }
}
