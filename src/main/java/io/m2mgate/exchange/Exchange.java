package io.m2mgate.exchange;

import io.m2mgate.dictionary.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The downlink of one terminal (ground rule 2, 5.4.6): a bounded queue with management before data, one request in flight, never
 * while an uplink request of the terminal is unanswered, the same frame again until its sends are spent. Knows neither clock nor
 * network: driven by calls that say the time. Owned by the terminal's lane.
 */
public final class Exchange<O extends Order> {

  /** An uplink that the platform will not answer stops blocking after this (5.4.6). */
  public static final long UNANSWERED_MILLIS = 270_000;

  private final Rules rules;
  private final Port<O> port;
  private final Deque<Item<O>> management = new ArrayDeque<>(1);
  private final Deque<Item<O>> data = new ArrayDeque<>(1);

  /** The one that left its queue. */
  private Optional<Item<O>> current = Optional.empty();

  private final Left<O> left = new Left<>();
  private Optional<Link> link = Optional.empty();
  private boolean managementRests;
  private boolean dataRests;
  private boolean asking;
  private long askedMillis;
  private long gapUntilMillis = Long.MIN_VALUE;
  private int nextSequence;

  /**
   * @param queueLength orders that may wait
   * @param gapMillis least time between an ack, either way, and a request
   */
  public record Rules(int queueLength, long gapMillis) {}

  /** @param firstSequence of its first request */
  public Exchange(Rules rules, int firstSequence, Port<O> port) {
    this.rules = rules;
    this.nextSequence = firstSequence;
    this.port = port;
  }

  /** False when too many wait already. */
  public boolean offer(O order, long nowMillis) {
    if (management.size() + data.size() >= rules.queueLength()) {
      return false;
    }
    queueOf(order).add(new Item<>(order));
    tick(nowMillis);
    return true;
  }

  /** One that was answered asks again, before all that wait in its queue; under a sequence of its own. */
  public void again(O order, long nowMillis) {
    queueOf(order).addFirst(new Item<>(order));
    tick(nowMillis);
  }

  /** Takes an order back; nothing happens when it has ended. */
  public void cancel(O order, long nowMillis) {
    find(order).ifPresent(item -> {
      leaves(item);
      port.finished(order, Port.End.CANCELLED);
      tick(nowMillis);
    });
  }

  /** A request of the terminal came, or a copy of one: nothing goes out until {@link #answered}. */
  public void asked(long nowMillis) {
    asking = true;
    askedMillis = nowMillis;
  }

  /** All its requests are answered. */
  public void answered(long nowMillis) {
    asking = false;
    leaveGap(nowMillis);
  }

  /** A new, verified frame of the terminal: what stayed unanswered is tried again. */
  public void heard() {
    managementRests = false;
    dataRests = false;
    all().forEach(item -> item.aside = false);
  }

  /** The session and bearer that requests go by from now on; empty when there is none. None is in flight in another session. */
  public void link(Optional<Link> now) {
    boolean same =
        now.isPresent() && link.filter(it -> !it.sameSession(now.get())).isEmpty();
    link = now;
    if (!same) {
      current.ifPresent(this::backToQueue);
    }
  }

  /** What {@link Port#prepare} asked for is done. */
  public void prepared(O order, long nowMillis) {
    current.filter(item -> item.order == order).ifPresent(item -> {
      item.prepared = true;
      tick(nowMillis);
    });
  }

  /** What {@link Port#prepare} asked for failed: the order waits for the next verified uplink. */
  public void unprepared(O order) {
    find(order).ifPresent(item -> item.announced = false);
    current.filter(item -> item.order == order).ifPresent(this::setAside);
  }

  /**
   * A verified ack of the terminal. Gives the order it ends, which is told nothing else; empty when it belongs to none, and then it
   * changes nothing.
   */
  public Optional<O> acked(Command command, int sequence, long nowMillis) {
    Optional<Item<O>> match = match(command, sequence);
    match.ifPresent(item -> {
      remove(item);
      leaveGap(nowMillis);
    });
    return match.map(item -> item.order);
  }

  /**
   * The order that ended before a verified ack of the terminal answered it; given once, until its time is over. Changes nothing of
   * the orders that wait.
   */
  public Optional<O> late(Command command, int sequence, long nowMillis) {
    return left.answered(command, sequence, nowMillis);
  }

  /** One that ended while it was in flight may be answered yet. */
  public boolean awaitsLate(long nowMillis) {
    return left.awaits(nowMillis);
  }

  /** The order in flight that the terminal spoke of; empty when it is none. */
  public Optional<O> spokenOf(Command command, int sequence) {
    return inFlight(command, sequence).map(item -> item.order);
  }

  /**
   * The terminal took a part of the order in flight, or gave one of its answer: what is wanted next leaves now, without a gap, for
   * the exchange goes on, and has its own sends.
   */
  public void advanced(O order, long nowMillis) {
    current.filter(item -> item.order == order).ifPresent(item -> {
      item.sends = 0;
      item.goesOn = true;
      tick(nowMillis);
    });
  }

  /** One end gave up the parts of the order in flight: as if its sends were spent. */
  public void gaveUp(O order) {
    current.filter(item -> item.order == order).ifPresent(this::spent);
  }

  private Optional<Item<O>> inFlight(Command command, int sequence) {
    return current.filter(item -> item.sends > 0 && item.leftAs(command, sequence));
  }

  /** Does what is due. */
  public void tick(long nowMillis) {
    expire(nowMillis);
    if (current.isEmpty()) {
      takeNext(nowMillis);
    } else if (current.get().prepared) {
      proceed(current.get(), nowMillis);
    }
  }

  /** Nothing waits and nothing is in flight. */
  public boolean idle() {
    return current.isEmpty() && management.isEmpty() && data.isEmpty();
  }

  /** Something waits for the terminal's next sign, which it did not answer. */
  public boolean rests() {
    return managementRests && !management.isEmpty() || dataRests && !data.isEmpty();
  }

  /** One for what leaves beside its orders. */
  public int takeSequence() {
    return nextSequence++;
  }

  /** One has left its queue and is not answered. */
  public boolean busy() {
    return current.isPresent();
  }

  /**
   * Sent and not answered, and not to be tried again once its sends are spent: what the terminal did is known here alone, and so is that
   * one did not leave of which the store says so.
   */
  public boolean owes() {
    return all().stream()
        .anyMatch(item -> (item.everSent() || item.announced) && !item.order.patient());
  }

  /** The sequence that the order leaves under if it does so now. */
  public int sequenceOf(O order) {
    Optional<Item<O>> item = find(order);
    return item.isPresent() && link.isPresent()
        ? sequence(item.get(), link.get()).orElse(item.get().reserved.orElse(nextSequence))
        : nextSequence;
  }

  /** Empty where it needs one of its own. */
  private OptionalInt sequence(Item<O> item, Link by) {
    if (known(item, by)) {
      return OptionalInt.of(item.sequence());
    }
    OptionalInt before = item.everSent() ? OptionalInt.empty() : item.order.sentAs(by.timestamp());
    return before.isPresent() && port.inParts(item.order) ? OptionalInt.empty() : before;
  }

  private void takeNext(long nowMillis) {
    if (blocked(nowMillis)) {
      return;
    }
    Optional<Item<O>> next = next(management, managementRests);
    next = next.isPresent() ? next : next(data, dataRests);
    next.ifPresent(item -> {
      queueOf(item.order).remove(item);
      item.prepared = false;
      item.announced = true;
      if (item.reserved.isEmpty() && sequence(item, link.orElseThrow()).isEmpty()) {
        // Whatever becomes of it, nobody else may leave under what the store has of it.
        item.reserved = OptionalInt.of(nextSequence++);
      }
      if (item.order.patient()) {
        item.sends = 0;
      }
      item.goesOn = false;
      current = Optional.of(item);
      port.prepare(item.order);
    });
  }

  private Optional<Item<O>> next(Deque<Item<O>> queue, boolean rests) {
    return rests
        ? Optional.empty()
        : queue.stream().filter(item -> !item.aside && mayGo(item.order)).findFirst();
  }

  private boolean mayGo(O order) {
    return link.isPresent()
        && (link.get().confirmed() || !order.secret())
        && (order.high() || !link.get().downloading());
  }

  private void proceed(Item<O> item, long nowMillis) {
    if (!mayGo(item.order)) {
      backToQueue(item);
    } else if (item.sends > 0 && nowMillis - item.sentMillis < link.get().timeoutMillis()) {
      return;
    } else if (item.isSpent(link.get())) {
      spent(item);
    } else if (!blocked(nowMillis)) {
      send(item, nowMillis);
    }
  }

  private void send(Item<O> item, long nowMillis) {
    long timestamp = link.get().timestamp();
    boolean repeat = item.repeats(link.get());
    boolean known = known(item, link.get());
    OptionalInt before = sequence(item, link.get());
    int sequence = before.orElse(item.reserved.orElse(nextSequence));
    if (!port.send(
        item.order, new Port.Sending(sequence, timestamp, repeat, repeat && item.goesOn))) {
      if (current.filter(it -> it == item).isPresent()) {
        setAside(item);
      }
      return;
    }
    item.goesOn = false;
    if (!known) {
      nextSequence += sequence == nextSequence ? 1 : 0;
      item.reserved = OptionalInt.empty();
      item.sentAs(sequence);
      item.timestamp = timestamp;
    }
    item.sends++;
    item.sentMillis = nowMillis;
    item.bearer = link.get().bearer();
  }

  /** What leaves of it now does so under a sequence that it had before. */
  private boolean known(Item<O> item, Link link) {
    return item.repeats(link) && (item.goesOn || !port.inParts(item.order));
  }

  private void spent(Item<O> item) {
    if (item.order.patient()) {
      rest(item);
      port.rested(item.order);
    } else {
      current = Optional.empty();
      port.finished(item.order, Port.End.TIMED_OUT);
    }
  }

  /** It must not leave now. One with secrets may wait long for a way that they may go, and does not keep others. */
  private void setAside(Item<O> item) {
    if (item.order.secret()) {
      backToQueue(item);
      item.aside = true;
    } else {
      rest(item);
    }
  }

  /** Back to the head of its queue, which waits for the next verified uplink. */
  private void rest(Item<O> item) {
    backToQueue(item);
    if (item.order.management()) {
      managementRests = true;
    } else {
      dataRests = true;
    }
  }

  private void backToQueue(Item<O> item) {
    current = Optional.empty();
    queueOf(item.order).addFirst(item);
  }

  private void expire(long nowMillis) {
    List<Item<O>> over = new ArrayList<>(0);
    current.filter(item -> item.order.expiresMillis() <= nowMillis).ifPresent(over::add);
    for (Deque<Item<O>> queue : List.of(management, data)) {
      for (Item<O> item : queue) {
        if (item.order.expiresMillis() <= nowMillis) {
          over.add(item);
        }
      }
    }
    for (Item<O> item : over) {
      leaves(item);
      port.finished(item.order, item.everSent() ? Port.End.TIMED_OUT : Port.End.EXPIRED);
    }
  }

  private boolean blocked(long nowMillis) {
    return asking && nowMillis - askedMillis < UNANSWERED_MILLIS || nowMillis < gapUntilMillis;
  }

  private void leaveGap(long nowMillis) {
    gapUntilMillis = nowMillis + rules.gapMillis();
  }

  private Optional<Item<O>> match(Command command, int sequence) {
    if (Item.FOREIGN_ACKS.contains(command)) {
      return current.filter(item -> item.order.command() == command && item.everSent());
    }
    return all().stream().filter(item -> item.leftAs(command, sequence)).findFirst();
  }

  private Optional<Item<O>> find(O order) {
    return all().stream().filter(item -> item.order == order).findFirst();
  }

  private List<Item<O>> all() {
    List<Item<O>> all = new ArrayList<>(1 + management.size() + data.size());
    current.ifPresent(all::add);
    all.addAll(management);
    all.addAll(data);
    return all;
  }

  private void leaves(Item<O> item) {
    remove(item);
    if (item.everSent() && link.isPresent()) {
      left.put(item, item.sentMillis + link.get().timeoutMillis());
    }
  }

  private void remove(Item<O> item) {
    if (current.filter(it -> it == item).isPresent()) {
      current = Optional.empty();
    } else {
      queueOf(item.order).remove(item);
    }
  }

  private Deque<Item<O>> queueOf(O order) {
    return order.management() ? management : data;
  }
}
