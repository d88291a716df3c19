package io.m2mgate.peer;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An MQTT 3.1.1 client that does only what it is told: it reads nothing, answers nothing and pings nobody by itself. One
 * thread owns it.
 */
public final class RawMqtt implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 4_096;
  private static final int CONNECT = 0x10;
  private static final int PUBACK = 0x40;
  private static final int SUBSCRIBE = 0x82;
  private static final int PINGREQ = 0xC0;
  private static final int PERSISTENT_WITH_USER = 0xC0;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  /** A packet as it came: its first byte and what follows the length. */
  public record Packet(int first, byte[] body) {
    public boolean isPublish() {
      return first >>> 4 == 3;
    }

    private int topicLength() {
      return (body[0] & 0xFF) << 8 | body[1] & 0xFF;
    }

    public int id() {
      int at = 2 + topicLength();
      return (body[at] & 0xFF) << 8 | body[at + 1] & 0xFF;
    }

    public String payload() {
      int at = 2 + topicLength() + 2;
      return new String(body, at, body.length - at, StandardCharsets.UTF_8);
    }
  }

  public RawMqtt(URI endpoint) {
    try {
      socket.setReceiveBufferSize(RECEIVE_BUFFER);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
      socket.setSoTimeout((int) PeerLink.PATIENCE.toMillis());
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A persistent session without keep-alive; gives the return code. */
  public int connect(String clientId, String user, String password) {
    raw(connection(clientId, user, password));
    return read().body()[1];
  }

  /** The same with a SUBSCRIBE in one write, before the answer. */
  public int connect(String clientId, String user, String password, String filter) {
    var both = new ByteArrayOutputStream();
    both.writeBytes(connection(clientId, user, password));
    both.writeBytes(subscription(filter));
    raw(both.toByteArray());
    return read().body()[1];
  }

  private static byte[] connection(String clientId, String user, String password) {
    var body = new ByteArrayOutputStream();
    string(body, "MQTT");
    body.writeBytes(new byte[] {4, (byte) PERSISTENT_WITH_USER, 0, 0});
    string(body, clientId);
    string(body, user);
    string(body, password);
    return packet(CONNECT, body.toByteArray());
  }

  public RawMqtt subscribe(String filter) {
    return raw(subscription(filter));
  }

  private static byte[] subscription(String filter) {
    var body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {0, 1});
    string(body, filter);
    body.write(1);
    return packet(SUBSCRIBE, body.toByteArray());
  }

  public void acknowledge(Packet publish) {
    raw(packet(PUBACK, new byte[] {(byte) (publish.id() >>> 8), (byte) publish.id()}));
  }

  /** So many PINGREQs in one write; false when the platform had closed the connection. */
  public boolean ping(int count) {
    byte[] pings = new byte[2 * count];
    for (int i = 0; i < pings.length; i += 2) {
      pings[i] = (byte) PINGREQ;
    }
    try {
      socket.getOutputStream().write(pings);
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  public RawMqtt raw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] packet(int first, byte[] body) {
    var packet = new ByteArrayOutputStream();
    packet.write(first);
    int left = body.length;
    do {
      packet.write(left % 128 | (left >= 128 ? 128 : 0));
      left /= 128;
    } while (left > 0);
    packet.writeBytes(body);
    return packet.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes.length >>> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  public Packet read() {
    try {
      int first = in.readUnsignedByte();
      int length = 0;
      int shift = 0;
      int digit;
      do {
        digit = in.readUnsignedByte();
        length |= (digit & 0x7F) << shift;
        shift += 7;
      } while (digit >= 128);
      byte[] body = new byte[length];
      in.readFully(body);
      return new Packet(first, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One byte of whatever comes, or nothing for so long. */
  public void readByte(Duration patience) throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
    in.read();
  }

  /** Ends as a machine that lost power does: the kernel answers with a reset at most. */
  public void die() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    die();
  }
}
