package io.m2mgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The promises of an exchange over generated histories; a failing one is named by its seed. */
class ExchangePropertyTest {
  private static final int HISTORIES = 100_000;
  private static final int STEPS = 60;
  private static final int SENDS = 3;
  private static final Exchange.Rules RULES = new Exchange.Rules(6, 300);

  // Verifies that each request ends once, never two are in flight, none crosses an unanswered
  // uplink, the gap is
  // kept, a repeat is the same frame, and no secret goes into an unconfirmed session, whatever
  // happens when.
  @Test
  void keepsItsPromises() {
    long first = Long.getLong("m2mgate.seed", 1);
    int histories = Long.getLong("m2mgate.seed") == null ? HISTORIES : 1;
    long sends = 0;
    for (long seed = first; seed < first + histories; seed++) {
      try {
        sends += new History(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (run with -Dm2mgate.seed=" + seed + ")", e);
      }
    }
    assertThat(sends).as("sends in all histories").isGreaterThan(histories);
  }

  private record Asked(
      int number,
      Command command,
      boolean management,
      boolean secret,
      boolean patient,
      long expires,
      boolean high)
      implements Order {
    @Override
    public long expiresMillis() {
      return expires;
    }
  }

  /** What an observer knows of one order. */
  private static final class Seen {
    private int ends;
    private boolean prepared;
    private int sinceQueued;
    private int sends;
    private long lastSend = Long.MIN_VALUE / 2;
    private long timestamp = -1;
    private final List<Integer> sequences = new ArrayList<>();
  }

  /** One generated life of a terminal, checked at every send by a model that knows nothing of the exchange's inside. */
  private static final class History implements Port<Asked> {
    private final SplittableRandom random;
    private final Exchange<Asked> exchange = new Exchange<>(RULES, 1000, this);
    private final Map<Asked, Seen> orders = new HashMap<>();
    private final List<Asked> preparing = new ArrayList<>();
    private long now = 1_000_000;
    private Optional<Link> link = Optional.empty();
    private boolean asking;
    private long askedAt;
    private long quietFrom = Long.MIN_VALUE / 2;
    private Optional<Asked> inFlight = Optional.empty();
    private boolean way = true;
    private int made;
    private long sends;
    private final Set<Integer> taken = new HashSet<>();

    History(long seed) {
      random = new SplittableRandom(seed);
    }

    long run() {
      for (int step = 0; step < STEPS; step++) {
        now += random.nextInt(8) == 0 ? random.nextInt(60_000) : random.nextInt(400);
        step();
      }
      finish();
      return sends;
    }

    private void step() {
      switch (random.nextInt(13)) {
        case 0, 1 -> offer();
        case 2 -> {
          asking = true;
          askedAt = now;
          exchange.asked(now);
        }
        case 3, 4 -> {
          asking = false;
          quietFrom = now;
          exchange.answered(now);
        }
        case 5 -> exchange.heard();
        case 6 -> link();
        case 7, 8 -> acknowledge();
        case 9 -> settlePrepared();
        case 10 -> way = random.nextInt(4) != 0;
        case 11 -> some().ifPresent(order -> exchange.cancel(order, now));
        default -> exchange.tick(now);
      }
    }

    private void offer() {
      Command command = random.nextInt(6) == 0
          ? Command.LOGOUT
          : random.nextBoolean() ? Command.CONFIG_GET : Command.SECURITY_CONFIG;
      Asked order = new Asked(
          made++,
          command,
          random.nextBoolean(),
          random.nextBoolean(),
          random.nextInt(4) != 0,
          random.nextInt(3) == 0 ? now + random.nextInt(200_000) : Long.MAX_VALUE,
          random.nextInt(3) == 0);
      orders.put(order, new Seen());
      if (!exchange.offer(order, now)) {
        orders.remove(order);
      }
    }

    private void link() {
      link = random.nextInt(4) == 0
          ? Optional.empty()
          : Optional.of(new Link(
              random.nextInt(3), "tcp", random.nextInt(3) != 0, 15_000, 3, random.nextInt(4) == 0));
      exchange.link(link);
      if (link.isEmpty()) {
        inFlight = Optional.empty();
      }
    }

    private void acknowledge() {
      boolean foreign = random.nextInt(4) == 0;
      int sequence = foreign
          ? 7
          : 1000 + random.nextInt(taken.stream().mapToInt(it -> it - 998).max().orElse(1));
      Command command = random.nextInt(5) == 0
          ? Command.LOGOUT
          : random.nextBoolean() ? Command.CONFIG_GET : Command.SECURITY_CONFIG;
      Optional<Asked> ended = exchange.acked(command, sequence, now);
      ended.ifPresent(order -> {
        Seen seen = orders.get(order);
        assertThat(order.command()).isEqualTo(command);
        assertThat(seen.sequences).as("an ack without a send").isNotEmpty();
        if (command != Command.LOGOUT) {
          assertThat(seen.sequences).contains(sequence);
        }
        quietFrom = now;
        if (random.nextInt(5) == 0) {
          // Another round of the same request.
          orders.put(order, new Seen());
          inFlight = Optional.empty();
          exchange.again(order, now);
        } else {
          end(order);
        }
      });
    }

    private void settlePrepared() {
      if (!preparing.isEmpty()) {
        Asked order = preparing.remove(0);
        if (random.nextInt(5) == 0) {
          exchange.unprepared(order);
        } else {
          orders.get(order).prepared = true;
          exchange.prepared(order, now);
        }
      }
    }

    private Optional<Asked> some() {
      return orders.keySet().stream().skip(random.nextInt(orders.size() + 1)).findFirst();
    }

    private void end(Asked order) {
      Seen seen = orders.get(order);
      assertThat(++seen.ends).as("ends of %s", order).isEqualTo(1);
      inFlight = inFlight.filter(it -> it != order);
    }

    @Override
    public void prepare(Asked order) {
      Seen seen = orders.get(order);
      assertThat(seen.ends).isZero();
      seen.prepared = false;
      seen.sinceQueued = 0;
      // One that was tried in vain has gone back to its queue.
      inFlight = Optional.empty();
      if (random.nextBoolean()) {
        seen.prepared = true;
        exchange.prepared(order, now);
      } else {
        preparing.add(order);
      }
    }

    @Override
    public boolean send(Asked order, Sending sending) {
      if (!way) {
        inFlight = Optional.empty();
        return false;
      }
      Seen seen = orders.get(order);
      assertThat(seen.ends).as("sent after its end").isZero();
      assertThat(seen.prepared).as("sent before it was durable").isTrue();
      assertThat(inFlight.filter(it -> it != order)).as("another in flight").isEmpty();
      assertThat(asking && now - askedAt < Exchange.UNANSWERED_MILLIS)
          .as("crosses an uplink")
          .isFalse();
      assertThat(now - quietFrom).as("gap").isGreaterThanOrEqualTo(RULES.gapMillis());
      assertThat(link).isPresent();
      assertThat(sending.timestamp()).isEqualTo(link.get().timestamp());
      assertThat(order.secret() && !link.get().confirmed())
          .as("a secret, unconfirmed")
          .isFalse();
      assertThat(link.get().downloading() && !order.high())
          .as("into a download")
          .isFalse();
      assertThat(order.expires()).as("past its time").isGreaterThan(now);
      assertThat(++seen.sinceQueued).as("sends in a row").isLessThanOrEqualTo(SENDS);
      assertThat(++seen.sends <= SENDS || order.patient())
          .as("sends of an impatient one")
          .isTrue();
      if (seen.sinceQueued > 1) {
        assertThat(now - seen.lastSend)
            .as("repeated early")
            .isGreaterThanOrEqualTo(link.get().timeoutMillis());
      }
      checkSequence(seen, sending);
      seen.lastSend = now;
      inFlight = Optional.of(order);
      sends++;
      return true;
    }

    private void checkSequence(Seen seen, Sending sending) {
      boolean same = !seen.sequences.isEmpty() && seen.timestamp == sending.timestamp();
      assertThat(sending.repeat()).as("the same frame").isEqualTo(same);
      if (same) {
        assertThat(sending.sequence()).isEqualTo(seen.sequences.get(seen.sequences.size() - 1));
      } else {
        assertThat(taken.add(sending.sequence())).as("a sequence of its own").isTrue();
        seen.sequences.add(sending.sequence());
      }
      seen.timestamp = sending.timestamp();
    }

    @Override
    public void rested(Asked order) {
      assertThat(order.patient()).as("rests").isTrue();
      assertThat(orders.get(order).sinceQueued).isEqualTo(SENDS);
      inFlight = Optional.empty();
    }

    @Override
    public void finished(Asked order, End end) {
      boolean sent = !orders.get(order).sequences.isEmpty();
      if (end != End.CANCELLED) {
        assertThat(end).isEqualTo(sent ? End.TIMED_OUT : End.EXPIRED);
      }
      end(order);
    }

    /** Whatever is left can be served to its end: nothing is forgotten. */
    private void finish() {
      way = true;
      for (int round = 0; !exchange.idle() && round < 200; round++) {
        now += 1_000;
        asking = false;
        quietFrom = now;
        exchange.answered(now);
        exchange.heard();
        link = Optional.of(new Link(9, "tcp", true, 15_000, 3, false));
        exchange.link(link);
        now += 1_000;
        while (!preparing.isEmpty()) {
          settlePrepared();
        }
        exchange.tick(now);
        inFlight.ifPresent(order -> {
          var sequences = orders.get(order).sequences;
          // A LOGOUT that rests takes no ack: it is sent again first.
          exchange
              .acked(order.command(), sequences.get(sequences.size() - 1), now)
              .ifPresent(this::end);
        });
      }
      assertThat(exchange.idle()).as("nothing left").isTrue();
      orders.forEach(
          (order, seen) -> assertThat(seen.ends).as("ends of %s", order).isEqualTo(1));
    }
  }
}
