package io.m2mgate.bridge.mqtt;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Owns which member of one shared subscription gets which event (MQTT 5, 4.8.2), and up to where the members are done with all. On the
 * bridge's event loop.
 *
 * <p>A terminal's events go to one member, chosen by its serial among those that are there; while one of them is not acknowledged, no other
 * member gets any of that terminal. When a member goes, what it had not acknowledged goes to others. What waits for a member, and what is
 * in flight, is bounded; then the cursor waits.
 */
final class ShareGroup implements EventCursor.Sink {

  private final String app;
  private final TopicFilter filter;
  private final Feeder feeder;
  private final Limits limits;
  private final List<Member> members = new ArrayList<>();
  /** What was taken from the log and is not done, by its place in the log. */
  private final TreeMap<Long, Item> open = new TreeMap<>();
  /** Those of them that are with no member. */
  private final TreeMap<Long, Item> waiting = new TreeMap<>();

  private final Map<String, Holding> holdings = new HashMap<>();
  private long openBytes;
  private long handled;
  private boolean full;
  private boolean serving;

  /** Who feeds it. */
  interface Feeder {
    /** There is room again. */
    void resume();

    void gap(Gap gap);

    void ended();
  }

  /**
   * @param waiting events that may wait for members
   * @param bytes of events that may wait or be in flight
   * @param slowNanos a full member that acknowledged nothing for so long gets no further terminals
   * @param stallNanos one that others wait for is closed after so long
   */
  record Limits(int waiting, long bytes, long slowNanos, long stallNanos) {}

  /** One connected client's part. */
  interface Member {
    String clientId();

    boolean room();

    /** When its client last took something, or had nothing to take. */
    long progressNanos();

    /** Sends it; false = it cannot ever take it, which is as if it were done. */
    boolean send(Item item);

    /** Others wait for it for too long. */
    void stalled();
  }

  /** An event on its way. */
  static final class Item {
    private final SharedEvent shared;
    private final Event event;
    private final Topics.Place place;
    private final long before;
    private Optional<Member> member = Optional.empty();

    private Item(SharedEvent shared, Topics.Place place, long before) {
      this.shared = shared;
      this.event = shared.event();
      this.place = place;
      this.before = before;
    }

    Event event() {
      return event;
    }

    SharedEvent shared() {
      return shared;
    }

    Topics.Place place() {
      return place;
    }
  }

  /** The member that has unacknowledged events of a terminal, and how many. */
  private static final class Holding {
    private final Member member;
    private int items;

    private Holding(Member member) {
      this.member = member;
    }
  }

  /** @param after everything up to here is done */
  ShareGroup(String app, TopicFilter filter, Feeder feeder, Limits limits, long after) {
    this.app = app;
    this.filter = filter;
    this.feeder = feeder;
    this.limits = limits;
    this.handled = after;
  }

  void join(Member member) {
    members.add(member);
    goOn();
  }

  /** What it had not acknowledged goes to others, in order. */
  void leave(Member member) {
    members.remove(member);
    holdings.values().removeIf(holding -> holding.member == member);
    for (var entry : open.entrySet()) {
      if (entry.getValue().member.filter(member::equals).isPresent()) {
        entry.getValue().member = Optional.empty();
        waiting.put(entry.getKey(), entry.getValue());
      }
    }
    goOn();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** Everything up to this offset needs no sending any more. */
  long confirmed() {
    return open.isEmpty() ? handled : open.firstEntry().getValue().before;
  }

  @Override
  public EventCursor.Taken take(SharedEvent event) {
    // To the cursor 0 is "from the oldest, whatever that is"; a group that began with an empty log
    // missed something.
    if (handled == 0 && event.offset() > 1) {
      gap(0, event.offset());
    }
    add(event, event.offset() - 1);
    full = !room();
    return full ? EventCursor.Taken.FULL : EventCursor.Taken.MORE;
  }

  @Override
  public void gap(long after, long oldest) {
    var gap = new Gap(app, after, oldest);
    feeder.gap(gap);
    add(new SharedEvent(gap.event(System.currentTimeMillis())), after);
  }

  @Override
  public void ended() {
    feeder.ended();
  }

  private void add(SharedEvent shared, long before) {
    var event = shared.event();
    handled = event.offset();
    Topics.place(event)
        .filter(place -> filter.matches(place.serial(), place.kind()))
        .ifPresent(place -> {
          var item = new Item(shared, place, before);
          open.put(event.offset(), item);
          waiting.put(event.offset(), item);
          openBytes += event.dataJson().length();
          serve();
        });
  }

  /** The member is done with it; of one that has gone it means nothing any more. */
  void done(Member member, Item item) {
    if (item.member.filter(member::equals).isPresent() && open.remove(item.event.offset(), item)) {
      openBytes -= item.event.dataJson().length();
      var holding = holdings.get(item.place.serial());
      if (holding != null && --holding.items == 0) {
        holdings.remove(item.place.serial());
      }
    }
    goOn();
  }

  /** There may be room again. */
  void goOn() {
    serve();
    if (full && room()) {
      full = false;
      feeder.resume();
    }
  }

  /** Looks for members that others wait for; called on a timer. */
  void look(long nowNanos) {
    if (!waiting.isEmpty()) {
      var stalled = waiting.values().stream()
          .map(item -> holdings.get(item.place.serial()))
          .filter(holding -> holding != null && isStalled(holding.member, nowNanos))
          .map(holding -> holding.member)
          .findFirst();
      stalled.filter(member -> members.size() > 1).ifPresent(Member::stalled);
      goOn();
    }
  }

  private boolean isStalled(Member member, long nowNanos) {
    return !member.room() && nowNanos - member.progressNanos() > limits.stallNanos();
  }

  private boolean room() {
    return waiting.size() < limits.waiting()
        && openBytes < limits.bytes()
        && members.stream().anyMatch(Member::room);
  }

  /** Gives what waits to members with room. What leaves at once comes back here, which the walk must not see. */
  private void serve() {
    if (serving || waiting.isEmpty() || members.isEmpty()) {
      return;
    }
    serving = true;
    try {
      var held = new HashSet<String>();
      for (var item : List.copyOf(waiting.values())) {
        if (!held.contains(item.place.serial()) && !give(item)) {
          held.add(item.place.serial());
        }
      }
    } finally {
      serving = false;
    }
  }

  private boolean give(Item item) {
    var serial = item.place.serial();
    var holding = holdings.get(serial);
    var member = holding == null ? choose(serial) : holding.member;
    if (!member.room()) {
      return false;
    }
    waiting.remove(item.event.offset());
    item.member = Optional.of(member);
    holdings.computeIfAbsent(serial, none -> new Holding(member)).items++;
    if (!member.send(item)) {
      done(member, item);
    }
    return true;
  }

  /** The highest of the members' weights for this terminal: nobody's terminals move but to one that came or from one that went. */
  private Member choose(String serial) {
    long now = System.nanoTime();
    var able = members.stream()
        .filter(member -> member.room() || now - member.progressNanos() < limits.slowNanos())
        .toList();
    Member best = null;
    long most = 0;
    for (var member : able.isEmpty() ? members : able) {
      long weight = weight(serial, member.clientId());
      if (best == null || weight > most) {
        best = member;
        most = weight;
      }
    }
    return best;
  }

  /** The finaliser of MurmurHash3 over both texts' hashes. */
  private static long weight(String serial, String clientId) {
    long mixed = (long) serial.hashCode() << 32 | clientId.hashCode() & 0xFFFFFFFFL;
    mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ mixed >>> 33;
  }
}
