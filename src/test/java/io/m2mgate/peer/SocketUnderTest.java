package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A consumer of the WebSocket, frame by frame (RFC 6455), reading only what it is asked for. One thread owns it. */
public final class SocketUnderTest implements TapUnderTest {
  private static final byte[] MASK = {1, 2, 3, 4};
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Api api;
  private final String query;
  private final Deque<JsonNode> ahead = new ArrayDeque<>();
  private Optional<HttpLine> line = Optional.empty();
  private boolean answersPings = true;
  private int window;
  private int events;
  private int pings;

  /** @param query such as {@code ?consumer=name} */
  public SocketUnderTest(Api api, String query) {
    this.api = api;
    this.query = query;
  }

  /** How the gateway ended it. */
  public static final class Closed extends EOFException {
    private final int code;

    private Closed(int code, String reason) {
      super(code + " " + reason);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /** One that answers no pings. */
  public SocketUnderTest mute() {
    answersPings = false;
    return this;
  }

  /** One that lets so many events come before it read them, so that a confirmation is not behind thousands. */
  public SocketUnderTest withWindow(int most) {
    window = most;
    return this;
  }

  public int pings() {
    return pings;
  }

  @Override
  public String name() {
    return "WebSocket by consumer";
  }

  @Override
  public void connect() throws IOException {
    ahead.clear();
    events = 0;
    HttpLine opened = new HttpLine(
        api,
        "/v1/events/socket" + query + (window > 0 ? "&credit=" + window : ""),
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    if (opened.status() != 101) {
      throw new IOException("socket answered " + opened.status() + " " + opened.body());
    }
    line = Optional.of(opened);
  }

  @Override
  public Optional<JsonNode> next(Duration patience) throws IOException {
    return ahead.isEmpty() ? message(patience) : Optional.of(ahead.poll());
  }

  /** The next message, whatever it says. Fails with {@link Closed}. */
  public Optional<JsonNode> message(Duration patience) throws IOException {
    HttpLine open = line.orElseThrow();
    long until = System.nanoTime() + patience.toNanos();
    try {
      DataInputStream in = open.in();
      while (true) {
        open.patience(Duration.ofNanos(until - System.nanoTime()));
        int opcode = in.readUnsignedByte() & 0x0F;
        open.patience(Duration.ofSeconds(30));
        byte[] payload = new byte[length(in)];
        in.readFully(payload);
        if (opcode == TEXT) {
          JsonNode message = Api.JSON.readTree(payload);
          grant(message);
          return Optional.of(message);
        } else if (opcode == CLOSE) {
          throw closed(payload);
        } else if (opcode == PING) {
          pings++;
          if (answersPings) {
            frame(PONG, payload);
          }
        }
      }
    } catch (SocketTimeoutException none) {
      return Optional.empty();
    }
  }

  private void grant(JsonNode message) throws IOException {
    int half = window / 2;
    if (half > 0 && message.has("offset") && ++events % half == 0) {
      send("{\"credit\":" + half + "}");
    }
  }

  private static Closed closed(byte[] payload) {
    return payload.length < 2
        ? new Closed(1005, "")
        : new Closed(
            (payload[0] & 0xFF) << 8 | payload[1] & 0xFF,
            new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
  }

  private static int length(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    return switch (first) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> first;
    };
  }

  public void send(String text) throws IOException {
    frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private void frame(int opcode, byte[] payload) throws IOException {
    PeerBytes frame = PeerBytes.bytes().raw(new byte[] {(byte) (0x80 | opcode)});
    frame = payload.length < 126
        ? frame.raw(new byte[] {(byte) (0x80 | payload.length)})
        : frame.raw(new byte[] {(byte) 0xFE, (byte) (payload.length >> 8), (byte) payload.length});
    byte[] masked = payload.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= MASK[i % MASK.length];
    }
    line.orElseThrow().send(frame.raw(MASK).raw(masked).toArray());
  }

  /** What comes before the confirmation waits for its turn. */
  @Override
  public void confirm(JsonNode event) throws IOException {
    long offset = event.path("offset").asLong();
    send("{\"commit\":" + offset + "}");
    while (true) {
      JsonNode message = message(Duration.ofSeconds(60))
          .orElseThrow(() -> new IOException("no confirmation of " + offset));
      if (!message.has("committed")) {
        ahead.add(message);
      } else if (message.path("committed").asLong() >= offset) {
        return;
      }
    }
  }

  @Override
  public void disconnect() throws IOException {
    frame(CLOSE, new byte[] {0x03, (byte) 0xE8});
    line.orElseThrow().close();
  }

  @Override
  public void kill() throws IOException {
    if (line.isPresent()) {
      line.get().reset();
    }
  }
}
