package io.m2mgate.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A line between a client and a server that can hold back what is under way, and let it go on later. */
public final class StallingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final InetSocketAddress target;
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private volatile boolean stalled;

  /** One connection, two threads. */
  private static final class Line {
    private final Socket client;
    private final Socket server;
    private volatile CountDownLatch gate;

    private Line(Socket client, Socket server, boolean stalled) {
      gate = new CountDownLatch(stalled ? 1 : 0);
      this.client = client;
      this.server = server;
      begin(client, server);
      begin(server, client);
    }

    private void begin(Socket from, Socket to) {
      var thread = new Thread(() -> carry(from, to));
      thread.setDaemon(true);
      thread.start();
    }

    private void carry(Socket from, Socket to) {
      byte[] piece = new byte[1 << 16];
      try (from;
          to) {
        for (int length = 0; length >= 0; length = from.getInputStream().read(piece)) {
          gate.await();
          to.getOutputStream().write(piece, 0, length);
        }
        gate.await();
      } catch (IOException | InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
  }

  public StallingProxy(int port) {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var thread = new Thread(this::accept);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        connect(server.accept());
      }
    } catch (IOException closed) {
      lines.forEach(line -> line.gate.countDown());
    }
  }

  /** A server that is away is as away as without the proxy. */
  private void connect(Socket client) throws IOException {
    try {
      lines.add(new Line(client, new Socket(target.getAddress(), target.getPort()), stalled));
    } catch (ConnectException refused) {
      client.close();
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The connections that are there carry nothing more; those made later are served as ever. */
  public void stall() {
    lines.forEach(line -> line.gate = new CountDownLatch(1));
  }

  /** Nothing is carried any more, on no connection. */
  public void stallAll() {
    stalled = true;
    stall();
  }

  /** What was held back goes on. */
  public void release() {
    stalled = false;
    lines.forEach(line -> line.gate.countDown());
  }

  @Override
  public void close() {
    release();
    try {
      server.close();
      for (Line line : lines) {
        line.client.close();
        line.server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
