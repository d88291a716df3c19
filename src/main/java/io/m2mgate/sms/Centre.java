package io.m2mgate.sms;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageLink;
import io.m2mgate.api.ShortMessageReceipt;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns what waits for the link, its pace and its receipts, on an event loop of its own. A message that was not taken goes again until its
 * time is over; one that may have been taken does not.
 */
public final class Centre implements MessageCentre {

  private static final Logger LOG = LoggerFactory.getLogger(Centre.class);
  private static final long LOOK_MILLIS = 250;
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 15_000;
  private static final long LINK_CLOSE_MILLIS = 2_000;

  private final Vertx vertx;
  private final Context context;
  private final String name;
  private final ShortMessageLink link;
  private final CentreOptions options;
  private final InstantSource clock;
  private final CentreFigures figures;
  private final Pace pace;
  private final Receipts receipts;
  private final PriorityQueue<Waiting> queue = new PriorityQueue<>(
      Comparator.<Waiting>comparingLong(it -> it.dueNanos).thenComparingLong(it -> it.number));
  /** Queued or under way; counted where messages are asked for, so that what waits for the loop is bounded too. */
  private final AtomicInteger held = new AtomicInteger();

  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger arriving = new AtomicInteger();
  private final Promise<Void> drained = Promise.promise();
  private volatile Function<ReceivedShortMessage, Future<Void>> takes =
      message -> Future.failedFuture("nobody takes short messages yet");
  private volatile CentreStatus.State state;
  private volatile Optional<CentreStatus.Fault> lastFault = Optional.empty();
  private volatile double rate;
  private volatile boolean closing;
  private long asked;
  private long lookedNanos;
  private long timer = -1;

  /** One message until it has ended. */
  private static final class Waiting {
    private final long number;
    private final String serial;
    private final ShortMessage message;
    private final long deadlineNanos;
    private final Promise<Void> end = Promise.promise();
    private long dueNanos;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    private Waiting(
        long number, String serial, ShortMessage message, long nowNanos, long giveUpMillis) {
      this.number = number;
      this.serial = serial;
      this.message = message;
      this.dueNanos = nowNanos;
      this.deadlineNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(giveUpMillis);
    }
  }

  /** @param name of the link, as the settings have it */
  public Centre(
      Vertx vertx,
      String name,
      ShortMessageLink link,
      CentreOptions options,
      MeterRegistry meters,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.name = name;
    this.link = link;
    this.options = options;
    this.clock = clock;
    this.pace = new Pace(options.perSecond(), System.nanoTime());
    this.rate = options.perSecond();
    this.receipts = new Receipts(options.receiptsKept());
    this.state = new CentreStatus.State(false, clock.millis(), "not opened yet");
    this.figures = new CentreFigures(meters);
    figures.gauge("m2mgate_sms_queued", "Short messages that wait or are under way", held::get);
    figures.gauge("m2mgate_sms_queue_limit", "What they are bounded by", options::queue);
    figures.gauge("m2mgate_sms_under_way", "Those that the link has", underWay::get);
    figures.gauge("m2mgate_sms_incoming", "Those from telephones in work", arriving::get);
    figures.gauge("m2mgate_sms_rate", "What may be sent in a second now", () -> rate);
    figures.gauge("m2mgate_sms_link_up", "Whether the link is up", () -> state.up() ? 1 : 0);
  }

  @Override
  public Future<Void> send(String serial, ShortMessage message) {
    if (closing) {
      return fault(Kind.LATER, "the gateway stops");
    }
    if (held.incrementAndGet() > options.queue()) {
      held.decrementAndGet();
      return fault(Kind.LATER, "sms.queue is full");
    }
    Promise<Void> end = Promise.promise();
    context.runOnContext(now -> enqueue(serial, message, end));
    return end.future();
  }

  private Future<Void> fault(Kind kind, String reason) {
    figures.failed(kind);
    failed(reason);
    return Future.failedFuture(new ShortMessageFault(kind, reason));
  }

  private void enqueue(String serial, ShortMessage message, Promise<Void> end) {
    var waiting = new Waiting(asked++, serial, message, System.nanoTime(), options.giveUpMillis());
    waiting.end.future().onComplete(end);
    queue.add(waiting);
    pump();
  }

  /** Hands over what may go, and sees to it that somebody looks again. */
  private void pump() {
    long now = System.nanoTime();
    look(now);
    long pause = TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    while (!queue.isEmpty() && state.up() && underWay.get() < options.window()) {
      long wait = Math.max(pace.waitNanos(now), queue.peek().dueNanos - now);
      if (wait > 0) {
        pause = Math.min(pause, wait);
        break;
      }
      pace.gone(now);
      go(queue.poll());
    }
    vertx.cancelTimer(timer);
    if (!queue.isEmpty()) {
      timer = vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(pause)), again -> pump());
    } else if (closing && underWay.get() == 0 && arriving.get() == 0) {
      drained.tryComplete();
    }
  }

  /** Ends what has waited too long; whoever stops does not wait for a link that is down. */
  private void look(long now) {
    boolean hopeless = closing && !state.up();
    if (!hopeless && now - lookedNanos < TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
      return;
    }
    lookedNanos = now;
    List<Waiting> late =
        queue.stream().filter(it -> hopeless || now - it.deadlineNanos >= 0).toList();
    queue.removeAll(late);
    late.forEach(it -> fail(it, Kind.LATER, state.up() ? "no room in time" : down()));
  }

  private String down() {
    return "the link is down: " + state.reason();
  }

  private void go(Waiting waiting) {
    underWay.incrementAndGet();
    Future.succeededFuture(waiting.message)
        .compose(link::send)
        .onComplete(done -> context.runOnContext(now -> {
          underWay.decrementAndGet();
          if (done.succeeded()) {
            taken(waiting, done.result());
          } else {
            notTaken(waiting, done.cause());
          }
          pump();
        }));
  }

  private void taken(Waiting waiting, String messageId) {
    figures.sent();
    pace.faster();
    rate = pace.rate();
    if (waiting.message.wantsReceipt() && !messageId.isEmpty()) {
      receipts.sent(messageId, waiting.serial, System.nanoTime());
    }
    held.decrementAndGet();
    waiting.end.complete();
  }

  private void notTaken(Waiting waiting, Throwable cause) {
    // Of a link that breaks its contract nobody knows what it did.
    Kind kind = cause instanceof ShortMessageFault fault ? fault.kind() : Kind.DOUBTFUL;
    long now = System.nanoTime();
    String reason = String.valueOf(cause.getMessage());
    if (kind != Kind.LATER || closing || now - waiting.deadlineNanos >= 0) {
      fail(waiting, kind, reason);
      return;
    }
    figures.repeated();
    failed(reason);
    pace.slower(now);
    rate = pace.rate();
    waiting.dueNanos = now + TimeUnit.MILLISECONDS.toNanos(waiting.pauseMillis);
    waiting.pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * waiting.pauseMillis);
    queue.add(waiting);
  }

  private void fail(Waiting waiting, Kind kind, String reason) {
    figures.failed(kind);
    failed(reason);
    if (kind != Kind.LATER) {
      receipts.warn(waiting.serial, "ended as " + kind + ": " + reason, System.nanoTime());
    }
    held.decrementAndGet();
    waiting.end.fail(new ShortMessageFault(kind, reason));
  }

  private void failed(String reason) {
    lastFault = Optional.of(new CentreStatus.Fault(clock.millis(), reason));
  }

  @Override
  public void receiver(Function<ReceivedShortMessage, Future<Void>> takes) {
    this.takes = takes;
  }

  @Override
  public Future<Void> open() {
    return link.open(new Incoming());
  }

  /** What comes from the link, on any thread. */
  private final class Incoming implements ShortMessageLink.Receiver {
    @Override
    public Future<Void> message(ReceivedShortMessage message) {
      if (closing) {
        return left("the gateway stops");
      }
      if (arriving.incrementAndGet() > options.incoming()) {
        arriving.decrementAndGet();
        return left("sms.incoming is full");
      }
      return Future.succeededFuture(message).compose(takes).andThen(done -> {
        arriving.decrementAndGet();
        if (done.succeeded()) {
          figures.received();
        } else {
          figures.left();
          failed("a message was not taken: " + done.cause().getMessage());
        }
        if (closing) {
          context.runOnContext(now -> pump());
        }
      });
    }

    private Future<Void> left(String reason) {
      figures.left();
      return Future.failedFuture(new ShortMessageFault(Kind.LATER, reason));
    }

    @Override
    public void receipt(ShortMessageReceipt receipt) {
      figures.receipt(receipt.state());
      context.runOnContext(now -> receipts.take(receipt, System.nanoTime()));
    }

    @Override
    public void state(boolean up, String reason) {
      context.runOnContext(now -> changed(up, reason));
    }
  }

  private void changed(boolean up, String reason) {
    CentreStatus.State before = state;
    boolean turned = up != before.up();
    state = new CentreStatus.State(up, turned ? clock.millis() : before.sinceMillis(), reason);
    if (up && turned) {
      LOG.info("the short message link {} is up", name);
    }
    if (!up && !closing && (turned || !reason.equals(before.reason()))) {
      failed(reason);
      LOG.warn("the short message link {} is down: {}", name, reason);
    }
    pump();
  }

  @Override
  public CentreStatus status() {
    int running = underWay.get();
    return figures.status(
        name, state, Math.max(0, held.get() - running), running, options, rate, lastFault);
  }

  @Override
  public Future<Void> close() {
    closing = true;
    long late = vertx.setTimer(Math.max(1, options.drainMillis()), over -> drained.tryComplete());
    context.runOnContext(now -> pump());
    return drained
        .future()
        .transform(done -> {
          vertx.cancelTimer(late);
          context.runOnContext(now -> {
            vertx.cancelTimer(timer);
            var rest = new ArrayList<>(queue);
            queue.clear();
            rest.forEach(it -> fail(it, Kind.LATER, "the gateway stops"));
          });
          return link.close().timeout(LINK_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        })
        .onFailure(cause -> LOG.warn("the short message link did not close: {}", cause.toString()));
  }
}
