package io.m2mgate.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Many readers on one thread, which only counts what they get; made, asked and closed by another one. */
final class TapReaders implements AutoCloseable {
  private static final int BUFFER = 1 << 18;
  private static final long LOOK_MILLIS = 1;

  private final Selector selector = Selector.open();
  private final List<Reader> readers = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "bench-readers");
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
  private volatile Optional<Exception> failure = Optional.empty();
  private volatile boolean closed;

  private record Reader(SocketChannel channel, Framing framing, AtomicLong received) {}

  TapReaders() throws IOException {}

  /**
   * Before {@link #start}.
   *
   * @param rest what was read behind the opening
   */
  void add(SocketChannel channel, Framing framing, byte[] rest) throws IOException {
    var reader = new Reader(channel, framing, new AtomicLong());
    readers.add(reader);
    reader.received().addAndGet(framing.feed(ByteBuffer.wrap(rest), out.clear()));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, reader);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(key -> read((Reader) key.attachment()), 100);
      }
    } catch (IOException | RuntimeException e) {
      failure = Optional.of(e);
    }
  }

  private void read(Reader reader) {
    try {
      if (reader.channel().read(in.clear()) < 0) {
        throw new IOException("a reader's connection was closed");
      }
      int messages = reader.framing().feed(in.flip(), out.clear());
      out.flip();
      while (out.hasRemaining()) {
        reader.channel().write(out);
      }
      reader.received().lazySet(reader.received().get() + messages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the one has that has the fewest. */
  long least() throws IOException {
    if (failure.isPresent() && !closed) {
      throw new IOException(failure.get().getMessage(), failure.get());
    }
    return readers.stream().mapToLong(reader -> reader.received().get()).min().orElse(0);
  }

  /** Waits until each has so many; false when that takes too long. */
  boolean await(long each, long seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (least() < each) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LoadRun.pause(LOOK_MILLIS);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    for (Reader reader : readers) {
      reader.channel().close();
    }
    selector.close();
  }
}
