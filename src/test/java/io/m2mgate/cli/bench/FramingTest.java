package io.m2mgate.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole messages are counted, once each, however the bytes of a connection are cut. */
class FramingTest {
  private final ByteBuffer reply = ByteBuffer.allocate(1 << 12);

  private int feed(Framing framing, byte[] bytes, int piece) {
    int messages = 0;
    for (int at = 0; at < bytes.length; at += piece) {
      messages +=
          framing.feed(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)), reply);
    }
    return messages;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private List<Byte> replied() {
    var bytes = new ArrayList<Byte>();
    reply.flip();
    while (reply.hasRemaining()) {
      bytes.add(reply.get());
    }
    return bytes;
  }

  // Verifies that events of a stream count, and comments, sizes of chunks and what is not whole do
  // not.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void countsStream(int piece) {
    var stream = ascii("1a\r\nretry: 2000\n: from 0\n\n\r\n"
        + "da\r\nid: 1\nevent: m2m.data.up\ndata: {\"a\":1}\n\n\r\n3\r\n:\n\n\r\n"
        + "da\r\nid: 2\nevent: m2m.data.up\ndata: {\"data:\":2}\n\n\r\nda\r\nid: 3\ndata: {");

    assertThat(feed(new Framing.Sse(), stream, piece)).isEqualTo(2);
  }

  // Verifies that PUBLISH packets count, and that those of QoS 1 are acknowledged by their ids.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void countsMqtt(int piece) {
    var packets = new ByteArrayOutputStream();
    packets.writeBytes(publish(0x32, 0x1234));
    packets.writeBytes(new byte[] {(byte) 0xD0, 0});
    packets.writeBytes(publish(0x30, 0));
    packets.writeBytes(publish(0x3A, 7));

    assertThat(feed(new Framing.Mqtt(), packets.toByteArray(), piece)).isEqualTo(3);
    assertThat(replied())
        .isEqualTo(List.of(
            (byte) 0x40, (byte) 2, (byte) 0x12, (byte) 0x34, (byte) 0x40, (byte) 2, (byte) 0, (byte)
                7));
  }

  private static byte[] publish(int first, int id) {
    var body = new ByteArrayOutputStream();
    TapKind.string(body, "m2m/v1/A/evt/S/data");
    if ((first & 0x06) != 0) {
      body.write(id >>> 8);
      body.write(id);
    }
    body.writeBytes(new byte[300]);
    return TapKind.packet(first, body.toByteArray());
  }

  // Verifies that text frames of every length count, and that a ping is answered.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100_000})
  void countsWebSocket(int piece) {
    var frames = new ByteArrayOutputStream();
    frames.writeBytes(new byte[] {(byte) 0x81, 3, 1, 2, 3});
    frames.writeBytes(new byte[] {(byte) 0x89, 0});
    frames.writeBytes(new byte[] {(byte) 0x81, 126, 1, 0});
    frames.writeBytes(new byte[256]);
    frames.writeBytes(new byte[] {(byte) 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0});
    frames.writeBytes(new byte[65_536]);

    assertThat(feed(new Framing.WebSocket(), frames.toByteArray(), piece)).isEqualTo(3);
    assertThat(replied())
        .containsExactly((byte) 0x8A, (byte) 0x80, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
  }

  // Verifies that the events of a page count when it is whole, and that the next page is asked for
  // from where it ends.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void countsPages(int piece) {
    var body =
        "{\"events\":[{\"specversion\":\"1.0\"},{\"specversion\":\"1.0\"}],\"next\":42,\"oldest\":1}";
    var page = ascii("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    var framing = new Framing.Pull(after -> ascii("GET " + after));

    assertThat(feed(framing, page, piece)).isEqualTo(2);
    assertThat(new String(reply.array(), 0, reply.position(), StandardCharsets.US_ASCII))
        .isEqualTo("GET 42");
  }
}
