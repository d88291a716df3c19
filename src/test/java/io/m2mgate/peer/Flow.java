package io.m2mgate.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Terminals that send readings as fast as they are acknowledged, each on a thread of its own, until told to stop. */
public final class Flow implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> ends = new ArrayList<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean stopped;

  public Flow(int terminals, int payloadBytes, String app, Supplier<PeerTerminal> loggedIn) {
    for (int i = 0; i < terminals; i++) {
      ends.add(threads.submit(() -> run(loggedIn.get(), app, payloadBytes)));
    }
  }

  private void run(PeerTerminal terminal, String app, int payloadBytes) {
    try (terminal) {
      for (long number = 0; !stopped; number++) {
        byte[] payload = PeerBytes.bytes()
            .u32(number)
            .raw(new byte[Math.max(0, payloadBytes - 4)])
            .toArray();
        if (terminal.data(app, payload) != 0) {
          throw new AssertionError("a reading was refused");
        }
        acknowledged.incrementAndGet();
      }
    }
  }

  public long acknowledged() {
    return acknowledged.get();
  }

  /** Waits for the last acknowledgements; gives how many there were in all. */
  public long stop() throws Exception {
    stopped = true;
    for (Future<?> end : ends) {
      end.get(30, TimeUnit.SECONDS);
    }
    return acknowledged.get();
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
