package io.m2mgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Reassembly;
import io.m2mgate.wire.Segmenter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Requests in parts over generated lines (wire 6): both ends of the exchange; a failing history is named by its seed. */
class PartedExchangePropertyTest {
  private static final int HISTORIES = 1_000;
  private static final int ORDERS = 5;
  private static final int SENDS = 3;
  private static final Exchange.Rules RULES = new Exchange.Rules(ORDERS, 300);
  private static final Link LINK = new Link(77, "tcp", true, 15_000, 3, false);

  // Verifies that over any line a request in parts is acknowledged when the terminal has all of it
  // and not before, that a repeated part has a new sequence and a wanted one the known, and that
  // each request ends once.
  @Test
  void sendsWholeRequests() {
    long first = Long.getLong("m2mgate.seed", 1);
    int histories = Long.getLong("m2mgate.seed") == null ? HISTORIES : 1;
    for (long seed = first; seed < first + histories; seed++) {
      try {
        new History(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (run with -Dm2mgate.seed=" + seed + ")", e);
      }
    }
  }

  private record LongOrder(int number, byte[] body, boolean patient) implements Order {
    @Override
    public Command command() {
      return Command.CONFIG_SET;
    }

    @Override
    public boolean management() {
      return true;
    }

    @Override
    public boolean secret() {
      return false;
    }

    @Override
    public long expiresMillis() {
      return Long.MAX_VALUE;
    }
  }

  private record Flying(boolean down, Part part, int sequence, boolean last) {}

  private static final class History implements Port<LongOrder>, Reassembly.Memory {
    private final SplittableRandom random;
    private final Exchange<LongOrder> exchange = new Exchange<>(RULES, 1000, this);
    private final Map<LongOrder, Segmenter> parts = new HashMap<>();
    private final List<Flying> line = new ArrayList<>();
    private final List<byte[]> taken = new ArrayList<>();
    private final Map<LongOrder, Integer> ends = new HashMap<>();
    private final Reassembly terminal =
        new Reassembly(new Reassembly.Limits(256, 65_536, 270_000, 300_000), this);
    private int percentLost;
    private int percentTwice;
    private long now = 1_000_000;
    private int lastSequence = 999;
    private int inRow;
    private int promised;
    private int reserved;

    History(long seed) {
      random = new SplittableRandom(seed);
      percentLost = random.nextInt(30);
      percentTwice = random.nextInt(30);
    }

    void run() {
      exchange.link(Optional.of(LINK));
      for (int i = 0; i < ORDERS; i++) {
        byte[] body = new byte[20 + random.nextInt(2_000)];
        random.nextBytes(body);
        LongOrder order = new LongOrder(i, body, random.nextBoolean());
        parts.put(order, new Segmenter(body, 1 + body.length / (2 + random.nextInt(9))));
        ends.put(order, 0);
        exchange.offer(order, now);
      }
      for (int step = 0; step < 600 && !exchange.idle(); step++) {
        step();
      }
      percentLost = 0;
      percentTwice = 0;
      for (int step = 0; step < 2_000 && !exchange.idle(); step++) {
        exchange.heard();
        step();
      }
      assertThat(exchange.idle()).as("nothing left").isTrue();
      assertThat(ends.values()).containsOnly(1);
      terminal.drop();
      assertThat(reserved).isZero();
    }

    private void step() {
      if (line.isEmpty()) {
        now += 1_000;
        if (random.nextInt(20) == 0) {
          exchange.heard();
        }
      }
      exchange.tick(now);
      if (!line.isEmpty()) {
        Flying next = line.remove(0);
        now += 10;
        if (next.down()) {
          receive(next);
        } else {
          answered(next);
        }
      }
    }

    private void fly(Flying frame) {
      int copies =
          random.nextInt(100) < percentLost ? 0 : random.nextInt(100) < percentTwice ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        line.add(frame);
      }
    }

    private void receive(Flying frame) {
      Part part = frame.part();
      switch (terminal.take(6, part, now)) {
        case TAKEN, AGAIN -> say(part.answer(Operation.SEND, part.index() + 1), frame, false);
        case WHOLE -> {
          taken.add(Arrays.copyOf(terminal.body(), terminal.length()));
          say(part, frame, true);
        }
        case LAST_AGAIN -> say(part, frame, true);
        default -> say(part.answer(Operation.ABORT_BY_RECEIVER, part.index()), frame, false);
      }
    }

    private void say(Part word, Flying to, boolean last) {
      fly(new Flying(false, word, to.sequence(), last));
    }

    private void answered(Flying frame) {
      if (frame.last()) {
        exchange.acked(Command.CONFIG_SET, frame.sequence(), now).ifPresent(order -> {
          assertThat(taken.stream().anyMatch(it -> Arrays.equals(it, order.body())))
              .as("acknowledged and never taken")
              .isTrue();
          end(order);
        });
        return;
      }
      exchange.spokenOf(Command.CONFIG_SET, frame.sequence()).ifPresent(order -> {
        switch (parts.get(order).told(frame.part())) {
          case NEXT -> {
            inRow = 0;
            exchange.advanced(order, now);
          }
          case AGAIN -> {}
          case ABORTED, CONTRADICTION -> exchange.gaveUp(order);
        }
      });
    }

    private void end(LongOrder order) {
      assertThat(ends.merge(order, 1, Integer::sum))
          .as("ends of %s", order.number())
          .isEqualTo(1);
    }

    @Override
    public void prepare(LongOrder order) {
      parts.get(order).restart();
      inRow = 0;
      promised = exchange.sequenceOf(order);
      exchange.prepared(order, now);
    }

    @Override
    public boolean send(LongOrder order, Sending sending) {
      assertThat(ends.get(order)).isZero();
      assertThat(++inRow).as("sends in a row").isLessThanOrEqualTo(SENDS);
      if (promised >= 0) {
        assertThat(sending.sequence()).as("the sequence it was prepared for").isEqualTo(promised);
        promised = -1;
      }
      if (sending.wanted()) {
        assertThat(sending.repeat()).isTrue();
        assertThat(sending.sequence()).isEqualTo(lastSequence);
      } else {
        assertThat(sending.sequence()).isEqualTo(lastSequence + 1);
      }
      lastSequence = sending.sequence();
      fly(new Flying(true, parts.get(order).part(), sending.sequence(), false));
      return true;
    }

    @Override
    public boolean inParts(LongOrder order) {
      return true;
    }

    @Override
    public void rested(LongOrder order) {}

    @Override
    public void finished(LongOrder order, End end) {
      end(order);
    }

    @Override
    public boolean take(int bytes) {
      reserved += bytes;
      return true;
    }

    @Override
    public void give(int bytes) {
      reserved -= bytes;
    }
  }
}
