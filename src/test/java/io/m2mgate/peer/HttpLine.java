package io.m2mgate.peer;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One HTTP/1.1 exchange over a socket, read only as far as it is asked for. One thread owns it. */
public final class HttpLine implements Closeable {
  private static final int RECEIVE_BYTES = 128 * 1024;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final Map<String, String> headers = new HashMap<>();
  private final int status;
  private int chunk;

  /** Sends a GET and reads the answer's head. */
  public HttpLine(Api api, String path, String... more) throws IOException {
    this(api, path, List.of(more), true);
  }

  private HttpLine(Api api, String path, List<String> more, boolean key) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.setTcpNoDelay(true);
    socket.connect(
        new java.net.InetSocketAddress(api.base().getHost(), api.base().getPort()));
    var request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: peer\r\n");
    if (key) {
      request.append("Authorization: Bearer ").append(api.key()).append("\r\n");
    }
    more.forEach(line -> request.append(line).append("\r\n"));
    socket
        .getOutputStream()
        .write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1_024));
    patience(Duration.ofSeconds(30));
    status = Integer.parseInt(line(in).split(" ")[1]);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
  }

  /** The same without an Authorization header. */
  public static HttpLine withoutKey(Api api, String path, String... more) throws IOException {
    return new HttpLine(api, path, List.of(more), false);
  }

  public int status() {
    return status;
  }

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  public void patience(Duration patience) throws IOException {
    socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
  }

  /** A body of a known length. */
  public String body() throws IOException {
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  /** A line of a body in chunks; empty where the body has ended. Fails with {@link SocketTimeoutException}. */
  public Optional<String> chunkedLine() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = chunked(); next != '\n'; next = chunked()) {
      if (next < 0) {
        return Optional.empty();
      }
      line.write(next);
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  private int chunked() throws IOException {
    if (chunk == 0) {
      chunk = Integer.parseInt(line(in).strip(), 16);
      if (chunk == 0) {
        return -1;
      }
    }
    int next = in.readUnsignedByte();
    if (--chunk == 0) {
      line(in);
    }
    return next;
  }

  /** What follows the head, for other protocols. */
  public DataInputStream in() {
    return in;
  }

  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new java.io.EOFException("closed within a line");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Resets the connection. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
