package io.m2mgate.peer;

import io.m2mgate.peer.Fates.Fate;
import io.m2mgate.peer.Fates.Kind;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The line of a terminal that loses, repeats and delays whole frames, both ways. What is late arrives after the sender has given it
 * up: from the terminal on whatever connection is there by then, from the platform on the connection that it was written to. One
 * thread owns it.
 */
final class LossyLine implements AutoCloseable {
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_600);
  private static final long UNREACHABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int TRACED = 2_000;

  private final InetSocketAddress platform;
  private final List<Late> late = new ArrayList<>();
  private final Deque<byte[]> arrived = new ArrayDeque<>();
  private final Deque<String> trace = new ArrayDeque<>();
  private final long beganNanos = System.nanoTime();
  private Fates fates;
  private Optional<PeerLink> link = Optional.empty();

  private record Late(boolean up, byte[] frame, long dueNanos) {}

  LossyLine(InetSocketAddress platform, Fates fates) {
    this.platform = platform;
    this.fates = fates;
  }

  /** From here on it is another line; what was late never comes. */
  void become(Fates other) {
    note("the line becomes another");
    fates = other;
    late.clear();
    arrived.clear();
  }

  Fates fates() {
    return fates;
  }

  /** Another connection; none where nobody listens. */
  void connect() {
    close();
    arrived.clear();
    late.removeIf(it -> !it.up());
    try {
      link = Optional.of(new PeerLink(platform));
    } catch (UncheckedIOException e) {
      note("no connection: " + e.getMessage());
    }
  }

  /** What the terminal did and what came, the last of it. */
  List<String> trace() {
    return List.copyOf(trace);
  }

  void note(String what) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    trace.addLast("%6d %s".formatted(millis, what));
    if (trace.size() > TRACED) {
      trace.removeFirst();
    }
  }

  void send(byte[] frame) {
    Fate fate = fate(true, frame);
    if (fate == Fate.LATE) {
      late.add(new Late(true, frame, System.nanoTime() + LATE_NANOS));
    } else if (fate != Fate.LOST) {
      write(frame);
    }
    if (fate == Fate.TWICE) {
      write(frame);
    }
  }

  private Fate fate(boolean up, byte[] frame) {
    Fate fate = fates.of(Kind.of(up, frame));
    PeerFrame seen = new PeerFrame(frame);
    note("%s %04x seq %d flags %02x %s"
        .formatted(
            up ? "->" : "<-",
            seen.command(),
            seen.sequence(),
            seen.flags(),
            fate == Fate.ARRIVES ? "" : fate));
    return fate;
  }

  /** The next frame that arrives in time. */
  Optional<PeerFrame> read(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      release();
      if (!arrived.isEmpty()) {
        return Optional.of(new PeerFrame(arrived.removeFirst()));
      }
      long now = System.nanoTime();
      if (now >= deadline) {
        return Optional.empty();
      }
      long due = late.stream().mapToLong(Late::dueNanos).min().orElse(deadline);
      receive(Duration.ofNanos(Math.max(1_000_000, Math.min(deadline, due) - now)));
    }
  }

  private void receive(Duration patience) {
    if (link.isEmpty()) {
      connect();
    }
    if (link.isEmpty()) {
      LockSupport.parkNanos(Math.min(patience.toNanos(), UNREACHABLE_NANOS));
      return;
    }
    Optional<PeerFrame> came;
    try {
      came = link.get().read(patience);
    } catch (AssertionError | UncheckedIOException e) {
      note("the connection is closed: " + e.getMessage());
      close();
      return;
    }
    came.map(PeerFrame::bytes).ifPresent(frame -> {
      Fate fate = fate(false, frame);
      if (fate == Fate.LATE) {
        late.add(new Late(false, frame, System.nanoTime() + LATE_NANOS));
      } else if (fate != Fate.LOST) {
        arrived.add(frame);
      }
      if (fate == Fate.TWICE) {
        arrived.add(frame);
      }
    });
  }

  private void release() {
    long now = System.nanoTime();
    List<Late> due = late.stream().filter(it -> it.dueNanos() <= now).toList();
    late.removeAll(due);
    due.forEach(it -> {
      note("late %s %04x".formatted(it.up() ? "->" : "<-", new PeerFrame(it.frame()).command()));
      if (it.up()) {
        write(it.frame());
      } else {
        arrived.add(it.frame());
      }
    });
  }

  private void write(byte[] frame) {
    if (link.isEmpty()) {
      connect();
    }
    try {
      link.ifPresent(it -> it.write(frame));
    } catch (UncheckedIOException e) {
      note("the connection is closed: " + e.getMessage());
      close();
    }
  }

  @Override
  public void close() {
    link.ifPresent(PeerLink::close);
    link = Optional.empty();
  }
}
