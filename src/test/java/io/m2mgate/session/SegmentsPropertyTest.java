package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Reassembly;
import io.m2mgate.wire.Reassembly.Finding;
import io.m2mgate.wire.Segmenter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both ends of segmented requests over generated lines; a failing history is named by its seed. */
class SegmentsPropertyTest {
  private static final int HISTORIES = 2_000;
  private static final int MESSAGES = 12;
  private static final int SENDS = 3;
  private static final int COMMAND = 7;
  private static final long TIMEOUT_MILLIS = 20_000;
  private static final Reassembly.Limits LIMITS =
      new Reassembly.Limits(256, 65_536, 270_000, 300_000);

  // Verifies that over any line both ends come to an end of every message: what is acknowledged was
  // taken whole, what was taken is what was sent, and the memory is given back.
  @Test
  void convergesOrAborts() {
    long first = Long.getLong("m2mgate.seed", 1);
    int histories = Long.getLong("m2mgate.seed") == null ? HISTORIES : 1;
    int acknowledged = 0;
    for (long seed = first; seed < first + histories; seed++) {
      try {
        acknowledged += new History(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (run with -Dm2mgate.seed=" + seed + ")", e);
      }
    }
    assertThat(acknowledged).isGreaterThan(histories * MESSAGES / 3);
  }

  private record Flying(long due, int order, boolean up, Part part, int sequence, boolean last) {}

  private static final class History implements Reassembly.Memory {
    private final SplittableRandom random;
    private final int percentLost;
    private final int percentTwice;
    private final long mostDelay;
    private final boolean backToFirst;
    private final Origin origin;
    private final Session session;
    private final Segments segments = new Segments(LIMITS, this);
    private final PriorityQueue<Flying> line =
        new PriorityQueue<>(Comparator.comparingLong(Flying::due).thenComparingInt(Flying::order));
    private final List<byte[]> sent = new ArrayList<>();
    private final List<byte[]> taken = new ArrayList<>();
    private int reserved;
    private int order;
    private long now = 1_700_000_000_000L;
    private int nextSequence = 1;

    private Segmenter message = new Segmenter(new byte[1], 1);
    private byte[] body = {};
    private final Set<Integer> sequences = new HashSet<>();
    private int firstSequence;
    private boolean done;
    private boolean acknowledged;

    History(long seed) {
      random = new SplittableRandom(seed);
      boolean clean = random.nextInt(6) == 0;
      boolean stream = random.nextBoolean();
      percentLost = clean ? 0 : random.nextInt(30);
      percentTwice = clean ? 0 : random.nextInt(30);
      mostDelay = clean || stream ? 1 : 1 + random.nextInt(60_000);
      backToFirst = stream && random.nextBoolean();
      origin = new FakeOrigin(0, "here") {
        @Override
        public String bearer() {
          return stream ? Origin.TCP : "udp";
        }
      };
      Terminal terminal = SampleTerminal.usual();
      session = terminal.open(terminal.keyring().current(), false, 1, now);
      terminal.confirm(session);
    }

    int run() {
      int acks = 0;
      for (int i = 0; i < MESSAGES; i++) {
        int before = taken.size();
        send();
        if (acknowledged) {
          acks++;
        } else {
          assertThat(percentLost + percentTwice + mostDelay).as("a clean line").isGreaterThan(1);
        }
        if (percentLost + percentTwice == 0 && mostDelay == 1) {
          assertThat(taken).hasSize(before + 1);
        }
        now += random.nextInt(4) == 0 ? random.nextInt(400_000) : random.nextInt(1_000);
      }
      line.clear();
      now += 300_000;
      segments.expire(Optional.of(session), now);
      assertThat(reserved).as("memory that is not given back").isZero();
      assertThat(segments.idle()).isTrue();
      return acks;
    }

    /** One message from its first part to its acknowledgement or its end. */
    private void send() {
      int length = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1 + random.nextInt(3_000);
      boolean like = random.nextInt(3) == 0 && body.length > 0;
      body = like ? body.clone() : new byte[length];
      if (like) {
        // All parts but one are those of the message before.
        body[random.nextInt(body.length)]++;
      } else {
        random.nextBytes(body);
      }
      sent.add(body);
      message = new Segmenter(body, 1 + body.length / (1 + random.nextInt(9)));
      sequences.clear();
      done = false;
      acknowledged = false;
      firstSequence = nextSequence;
      int sends = 0;
      int at = 0;
      int sequence = nextSequence++;
      while (!done && sends < SENDS) {
        sends = message.current() == at ? sends + 1 : 1;
        if (message.current() == at) {
          sequence = nextSequence++;
        } else if (backToFirst) {
          sequence = firstSequence;
        }
        at = message.current();
        sequences.add(sequence);
        fly(true, message.part(), sequence, false);
        await(now + TIMEOUT_MILLIS, at);
      }
      if (!done && random.nextBoolean()) {
        fly(true, message.abort(), nextSequence++, false);
      }
      done = true;
    }

    /** Lets arrive what arrives until the message goes on, ends, or the time is over. */
    private void await(long until, int at) {
      while (!done && message.current() == at && !line.isEmpty() && line.peek().due() <= until) {
        Flying next = line.poll();
        now = Math.max(now, next.due());
        if (next.up()) {
          receive(next);
        } else {
          answered(next);
        }
        segments.expire(Optional.of(session), now);
      }
      if (!done && message.current() == at) {
        now = until;
      }
    }

    private void fly(boolean up, Part part, int sequence, boolean last) {
      int copies =
          random.nextInt(100) < percentLost ? 0 : random.nextInt(100) < percentTwice ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        line.add(new Flying(now + random.nextLong(mostDelay), order++, up, part, sequence, last));
      }
    }

    private void receive(Flying frame) {
      Optional<Finding> finding =
          segments.requests().take(session, COMMAND, frame.part(), frame.sequence(), origin, now);
      if (finding.isEmpty()) {
        return;
      }
      Part part = frame.part();
      switch (finding.get()) {
        case TAKEN, AGAIN ->
          fly(false, part.answer(Operation.SEND, part.index() + 1), frame.sequence(), false);
        case WHOLE -> {
          Reassembly whole = segments.requests().reassembly();
          byte[] copy = Arrays.copyOf(whole.body(), whole.length());
          assertThat(sent.stream().anyMatch(it -> Arrays.equals(it, copy)))
              .as("taken is what was sent, and no mixture")
              .isTrue();
          taken.add(copy);
          segments.requests().answered(new byte[] {0});
          fly(false, part, frame.sequence(), true);
        }
        case LAST_AGAIN -> fly(false, part, frame.sequence(), true);
        case ABORT, NO_MEMORY ->
          fly(false, part.answer(Operation.ABORT_BY_RECEIVER, 0), frame.sequence(), false);
        case GIVEN_UP -> {}
      }
    }

    private void answered(Flying frame) {
      if (!sequences.contains(frame.sequence())) {
        return;
      }
      if (frame.last()) {
        assertThat(taken.stream().anyMatch(it -> Arrays.equals(it, body)))
            .as("what is acknowledged was taken")
            .isTrue();
        acknowledged = true;
        done = true;
      } else if (message.told(frame.part()) == Segmenter.Step.ABORTED) {
        done = true;
      }
    }

    @Override
    public boolean take(int bytes) {
      reserved += bytes;
      return true;
    }

    @Override
    public void give(int bytes) {
      reserved -= bytes;
      assertThat(reserved).isNotNegative();
    }
  }
}
