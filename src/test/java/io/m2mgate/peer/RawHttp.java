package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One HTTP request on a connection of its own, from an address of the test's choice. */
public final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final String head;

  /** Sends a request without a body and reads the head of its answer. */
  public RawHttp(URI base, String from, String path, String... headers) {
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(base.getHost(), base.getPort()), PATIENCE_MILLIS);
      var request = "GET " + path + " HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n"
          + String.join("\r\n", headers) + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      in = socket.getInputStream();
      var read = new StringBuilder();
      while (read.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        assertThat(next).as("end in the head: %s", read).isNotNegative();
        read.append((char) next);
      }
      head = read.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String bearer(String key) {
    return "Authorization: Bearer " + key;
  }

  public int status() {
    return Integer.parseInt(head.split(" ")[1]);
  }

  /** All that comes until the other side ends it, in whatever way; fails when it does not in time. */
  public String rest() {
    var read = new ByteArrayOutputStream();
    try {
      in.transferTo(read);
      return read.toString(StandardCharsets.UTF_8);
    } catch (SocketException reset) {
      return read.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
