package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Reassembly;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The answering side of one terminal: takes requests of the platform, in one frame or in parts, and answers them as its quirks have it.
 * Owned by the terminal's event loop.
 */
final class Respondent {
  private static final int SEQUENCES_REMEMBERED = 64;
  private static final int DELAYED_AT_ONCE = 8;
  private static final long QUICKEST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLOWEST_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int ONE_IN_WRONG = 8;
  private static final int FOREIGN = 0x10000;
  private static final long PARTS_MILLIS = TimeUnit.SECONDS.toMillis(270);
  private static final Reassembly.Limits LIMITS =
      new Reassembly.Limits(256, 65_536, PARTS_MILLIS, PARTS_MILLIS);

  private final Shard shard;
  private final FrameForge forge;
  private final PlatformFrames platform;
  private final Answers answers;
  private final Set<Quirk> quirks;
  private final SplittableRandom random;
  private final Reassembly parts = new Reassembly(LIMITS, new Reassembly.Memory() {
    @Override
    public boolean take(int bytes) {
      return true;
    }

    @Override
    public void give(int bytes) {}
  });
  private final ArrayDeque<Due> delayed = new ArrayDeque<>();
  private final Map<Long, Done> executed = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Done> eldest) {
      return size() > SEQUENCES_REMEMBERED;
    }
  };
  private Optional<Answer> lastOfParts = Optional.empty();
  private Optional<PartedBody> leaving = Optional.empty();
  private int leavingSequence;
  /** Of the terminal; null until something is asked of it. */
  private Control control;

  private record Answer(CommandDef command, int sequence, byte[] body) {}

  private record Due(Answer answer, Seal seal, long atNanos) {}

  private record Done(long asked, Answer answer) {}

  Respondent(Shard shard, Answers answers, Making making) {
    this.shard = shard;
    this.forge = shard.forge();
    this.platform = shard.platform();
    this.answers = answers;
    this.quirks = making.quirks();
    this.random = making.random();
  }

  /** What it still has to answer does not come back over another connection. */
  void drop() {
    delayed.clear();
    leaving = Optional.empty();
  }

  /** Nothing of an answer is still to leave. */
  boolean free() {
    return delayed.isEmpty();
  }

  /** A request of the platform; false where nothing came of it. */
  boolean take(Frame asked, Control of, long now) {
    control = of;
    if (!forge.knows(asked)) {
      return false;
    }
    CommandDef command = forge.command(asked);
    try {
      boolean sets = platform.bare() && command.command() == Command.SECURITY_CONFIG;
      if (sets || !platform.bare() && !asked.hasDigestFlag()) {
        return command.command() == Command.SECURITY_CONFIG && control.takesSecrets(asked);
      }
      if (!platform.opens(asked, control.seal())) {
        shard.tally().wrongDigests += control.isOfFormerSession(asked) ? 0 : 1;
        return false;
      }
      return platform.part().isPresent()
          ? takes(command, asked.sequence(), platform.part().get(), now)
          : takes(command, asked.sequence(), platform.plain(), now);
    } catch (MalformedFrame e) {
      shard.tally().unreadable++;
      return false;
    }
  }

  // Parts

  private boolean takes(CommandDef command, int sequence, Part part, long now)
      throws MalformedFrame {
    if (part.operation() == Operation.SEND) {
      boolean more = leavingSequence == sequence
          && leaving.filter(body -> body.has(part.index())).isPresent();
      if (more) {
        send(command, sequence, leaving.get().tlv(part.index()));
      }
      return more;
    }
    if (part.operation() == Operation.ABORT_BY_RECEIVER) {
      leaving = Optional.empty();
      return true;
    }
    switch (parts.take(command.id(), part, TimeUnit.NANOSECONDS.toMillis(now))) {
      case TAKEN, AGAIN -> say(command, sequence, part.answer(Operation.SEND, part.index() + 1));
      case ABORT, NO_MEMORY ->
        say(command, sequence, part.answer(Operation.ABORT_BY_RECEIVER, part.index()));
      case LAST_AGAIN -> lastOfParts.ifPresent(answer -> leave(answer, now));
      case WHOLE -> {
        Optional<Plain> whole = platform.open(parts.body(), parts.length(), control.seal());
        parts.release();
        return whole.isPresent() && takes(command, sequence, whole.get(), now);
      }
      case GIVEN_UP -> {}
    }
    return true;
  }

  private void say(CommandDef command, int sequence, Part word) {
    send(command, sequence, platform.parts().write(word));
  }

  private void send(CommandDef command, int sequence, byte[] tlv) {
    forge.part(control.seal(), command.ackId(), sequence, tlv);
  }

  // Requests

  private boolean takes(CommandDef command, int sequence, Plain asked, long now)
      throws MalformedFrame {
    long hash = ContentHash.hash64(command.id(), asked.bytes(), 0, asked.bytes().length);
    long key = (long) control.seal().session() << Integer.SIZE | Integer.toUnsignedLong(sequence);
    Done before = executed.get(key);
    if (before != null) {
      shard.tally().droppedRepeats++;
      shard.tally().sequencesUsedAgain += before.asked() == hash ? 0 : 1;
      leave(before.answer(), now);
      return true;
    }
    Optional<byte[]> body = answers.to(command.command(), asked, sequence);
    if (body.isEmpty()) {
      return false;
    }
    shard.tally().carriedOut++;
    Answer answer = new Answer(command, sequence, body.get());
    lastOfParts = Optional.of(answer);
    if (quirks.contains(Quirk.SAME_SEQUENCE_DROPS)) {
      executed.put(key, new Done(hash, answer));
    }
    leave(answer, now);
    return true;
  }

  private void leave(Answer answer, long now) {
    if (!quirks.contains(Quirk.SLOW)) {
      leave(answer);
    } else if (delayed.size() < DELAYED_AT_ONCE) {
      long wait = random.nextLong(QUICKEST_NANOS, SLOWEST_NANOS);
      delayed.add(new Due(answer, control.seal(), now + wait));
    }
  }

  private void leave(Answer answer) {
    Seal seal = control.seal();
    CommandDef command = answer.command();
    byte[] sealed = forge.sealed(seal, answer.body());
    int sequence = sequenceOf(answer);
    if (command.segmentable() && sealed.length > PartedBody.MOST) {
      leaving = Optional.of(
          new PartedBody(platform.parts(), sealed, quirks.contains(Quirk.SEGMENTS_900)));
      leavingSequence = sequence;
      send(command, sequence, leaving.get().tlv(1));
      shard.tally().parted++;
    } else {
      forge.sendSealed(seal, command.ackId(), sequence, sealed);
    }
  }

  /** One that its request has not, where the terminal is of such a kind (wire 1). */
  private int sequenceOf(Answer answer) {
    Command command = answer.command().command();
    boolean foreign = quirks.contains(Quirk.FOREIGN_SEQUENCE)
        && (command == Command.LOGOUT
            || command == Command.DOWNLOAD_INFO
            || random.nextInt(ONE_IN_WRONG) == 0);
    return foreign ? answer.sequence() + FOREIGN : answer.sequence();
  }

  // Time

  /** Until {@link #tick} does something. */
  long waitNanos(long now) {
    return delayed.isEmpty() ? Patience.FOREVER : delayed.peek().atNanos() - now;
  }

  /** Answers that were to come late leave when their time has come; those of a session that is over do not. */
  void tick(Control of, long now) {
    control = of;
    while (!delayed.isEmpty() && now - delayed.peek().atNanos() >= 0) {
      Due due = delayed.poll();
      if (due.seal() == control.seal()) {
        leave(due.answer());
      }
    }
  }
}
