package io.m2mgate.cli.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A way by which readings reach a reader, of the gateway or of a broker, and how a reader of it begins. Stateless. */
enum TapKind {
  SSE("sse", "SSE", false),
  WEBSOCKET("websocket", "WebSocket", false),
  PULL("pull", "long poll", false),
  MQTT0("mqtt0", "MQTT QoS 0", false),
  MOSQUITTO0("mosquitto0", "  Mosquitto QoS 0", true),
  MQTT1("mqtt1", "MQTT QoS 1", false),
  MOSQUITTO1("mosquitto1", "  Mosquitto QoS 1", true);

  private static final int OPENING_BYTES = 1 << 13;
  private static final int CONNACK = 4;
  private static final int SUBACK = 5;

  private final String key;
  private final String text;
  private final boolean ofBroker;

  /**
   * Where readings are to be had.
   *
   * @param credential a key of the application, or nothing where nobody asks
   * @param after offset of the log's end
   */
  record Source(
      InetSocketAddress http, InetSocketAddress mqtt, String app, String credential, long after) {}

  TapKind(String key, String text, boolean ofBroker) {
    this.key = key;
    this.text = text;
    this.ofBroker = ofBroker;
  }

  String key() {
    return key;
  }

  String text() {
    return text;
  }

  /** Whether it is the broker's that the gateway is compared with. */
  boolean ofBroker() {
    return ofBroker;
  }

  int qos() {
    return this == MQTT1 || this == MOSQUITTO1 ? 1 : 0;
  }

  private boolean mqtt() {
    return this == MQTT0 || this == MQTT1 || ofBroker;
  }

  /** Opens one more reader; it gets what comes from now on. Fails where the source has no such tap. */
  void open(Source source, int number, TapReaders readers) throws IOException {
    var channel = SocketChannel.open(mqtt() ? source.mqtt() : source.http());
    channel.socket().setTcpNoDelay(true);
    if (mqtt()) {
      exchange(channel, connect("bench-" + number, source.app(), source.credential()), CONNACK, 0);
      exchange(channel, subscribe(source), SUBACK, qos());
      readers.add(channel, new Framing.Mqtt(), new byte[0]);
    } else if (this == PULL) {
      write(channel, page(source, source.after()));
      readers.add(channel, new Framing.Pull(after -> page(source, after)), new byte[0]);
    } else {
      write(channel, stream(source));
      byte[] rest = head(channel, this == SSE ? "200" : "101");
      readers.add(channel, this == SSE ? new Framing.Sse() : new Framing.WebSocket(), rest);
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Reads the head of an answer; gives what came behind it. */
  private static byte[] head(SocketChannel channel, String status) throws IOException {
    var buffer = ByteBuffer.allocate(OPENING_BYTES);
    while (channel.read(buffer) >= 0 && buffer.hasRemaining()) {
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end >= 0 && !text.startsWith("HTTP/1.1 " + status)) {
        throw new IOException(text.lines().findFirst().orElse("no answer"));
      }
      if (end >= 0) {
        return Arrays.copyOfRange(buffer.array(), end + 4, buffer.position());
      }
    }
    throw new IOException("no answer");
  }

  private static byte[] page(Source source, long after) {
    return get(
        source, "/v1/events?limit=1000&types=m2m.data.up&after=" + after, "Prefer: wait=30\r\n");
  }

  private byte[] stream(Source source) {
    return this == SSE
        ? get(source, "/v1/events/stream?types=m2m.data.up", "")
        : get(
            source,
            "/v1/events/socket?types=m2m.data.up",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n");
  }

  private static byte[] get(Source source, String path, String headers) {
    return ("GET " + path + " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer "
            + source.credential() + "\r\n" + headers + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a packet and reads its answer of so many bytes, the last of which says whether it was taken. */
  private void exchange(SocketChannel channel, byte[] packet, int bytes, int taken)
      throws IOException {
    write(channel, packet);
    var answer = ByteBuffer.allocate(bytes);
    while (answer.hasRemaining()) {
      if (channel.read(answer) < 0) {
        throw new IOException(text.strip() + ": a subscriber was refused");
      }
    }
    if (answer.get(bytes - 1) != taken) {
      throw new IOException(
          text.strip() + ": a subscriber was refused by code " + answer.get(bytes - 1));
    }
  }

  /** For the application's readings. */
  private byte[] subscribe(Source source) {
    var subscribe = new ByteArrayOutputStream();
    subscribe.writeBytes(new byte[] {0, 1});
    string(subscribe, "m2m/v1/" + source.app() + "/evt/+/data");
    subscribe.write(qos());
    return packet(0x82, subscribe.toByteArray());
  }

  /** Without keep-alive. */
  static byte[] connect(String clientId, String user, String password) {
    var connect = new ByteArrayOutputStream();
    string(connect, "MQTT");
    connect.writeBytes(new byte[] {4, (byte) 0xC2, 0, 0});
    string(connect, clientId);
    string(connect, user);
    string(connect, password);
    return packet(0x10, connect.toByteArray());
  }

  static byte[] packet(int first, byte[] body) {
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

  static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes.length >>> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }
}
