package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * A platform just good enough to try a simulator on, and as bad as its script says: it can lose, double, and swap readings
 * that it acknowledged, swallow acks, break connections and forget sessions. One lock guards everything.
 */
public final class ScriptedPlatform implements AutoCloseable {
  /** What it does with the n-th reading, counted from 1. */
  @FunctionalInterface
  public interface Script {
    Deed deed(int number);
  }

  public enum Deed {
    STORE_AND_ACK,
    ACK_ONLY,
    STORE_TWICE_AND_ACK,
    STORE_AFTER_THE_NEXT_AND_ACK,
    STORE_ONLY,
    STORE_AND_BREAK,
    FORGET_SESSION,
    REFUSE,
    SIGN_WRONGLY
  }

  private static final int FIRST_TIMESTAMP = 1_700_000_000;

  private final ServerSocket terminals;
  private final HttpServer http;
  private final Script script;
  private final Map<String, Identity> known = new HashMap<>();
  private final Map<String, Long> sessions = new HashMap<>();
  private final Set<String> seenFrames = new HashSet<>();
  private final Set<String> seenContents = new HashSet<>();
  private final List<ObjectNode> log = new ArrayList<>();
  private final Map<String, PeerFrame> held = new HashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private long lastTimestamp = FIRST_TIMESTAMP;
  private int readings;

  public ScriptedPlatform(Script script) throws IOException {
    this.script = script;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    terminals = new ServerSocket(0, 50, loopback);
    http = HttpServer.create(new InetSocketAddress(loopback, 0), 50);
    http.setExecutor(Executors.newCachedThreadPool(ScriptedPlatform::daemon));
    http.createContext("/v1/admin/applications", exchange -> answer(exchange, 201, "{}"));
    http.createContext("/v1/admin/terminals", this::create);
    http.createContext("/v1/events", this::pull);
    http.start();
    daemon(this::acceptAll).start();
  }

  private static Thread daemon(Runnable task) {
    var thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }

  public InetSocketAddress terminals() {
    return (InetSocketAddress) terminals.getLocalSocketAddress();
  }

  public URI http() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  // Administration and events

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, content.length);
    exchange.getResponseBody().write(content);
    exchange.close();
  }

  private void create(HttpExchange exchange) throws IOException {
    JsonNode terminal = Api.JSON.readTree(exchange.getRequestBody().readAllBytes());
    var who = new Identity(
        terminal.path("serial").asText(),
        terminal.path("imei").asText(),
        terminal.path("imsi").asText(),
        terminal.path("uplinkPassword").asText(),
        terminal.path("downlinkPassword").asText());
    boolean fresh;
    synchronized (this) {
      fresh = known.put(who.serial(), who) == null;
    }
    answer(exchange, fresh ? 201 : 409, "{}");
  }

  private void pull(HttpExchange exchange) throws IOException {
    var query = new HashMap<String, String>();
    for (String pair : exchange.getRequestURI().getQuery().split("&")) {
      query.put(pair.split("=")[0], pair.split("=")[1]);
    }
    int after = (int) Long.parseLong(query.get("after"));
    int limit = Integer.parseInt(query.get("limit"));
    ObjectNode page = Api.JSON.createObjectNode();
    synchronized (this) {
      if (after > log.size()) {
        answer(exchange, 422, "{}");
        return;
      }
      if (after == log.size() && exchange.getRequestHeaders().containsKey("Prefer")) {
        waitForMore();
      }
      var events = page.putArray("events");
      int end = Math.min(log.size(), after + limit);
      for (int i = after; i < end; i++) {
        events.add(log.get(i).deepCopy().put("offset", i + 1));
      }
      page.put("next", end).put("oldest", 1);
    }
    answer(exchange, 200, page.toString());
  }

  private void waitForMore() {
    try {
      wait(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // Terminals

  private void acceptAll() {
    try {
      while (true) {
        Socket connection = terminals.accept();
        connections.add(connection);
        daemon(() -> serve(connection)).start();
      }
    } catch (IOException closed) {
      connections.clear();
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = new DataInputStream(connection.getInputStream());
      while (true) {
        int length = in.readUnsignedShort();
        byte[] frame = new byte[length];
        frame[0] = (byte) (length >>> 8);
        frame[1] = (byte) length;
        in.readFully(frame, 2, length - 2);
        byte[] reply = reply(new PeerFrame(frame));
        connection.getOutputStream().write(reply);
      }
    } catch (IOException | UncheckedIOException gone) {
      connections.remove(connection);
    }
  }

  private synchronized byte[] reply(PeerFrame request) {
    Identity who = known.get(request.serial());
    return switch (request.command()) {
      case PeerTerminal.LOGIN -> {
        long given = ++lastTimestamp;
        sessions.put(who.serial(), given);
        yield signed(request, who, given, bytes().u8(0).u32(given).toArray(), who.downlink());
      }
      case PeerTerminal.HEART_BEAT ->
        PeerTerminal.unsigned(
            who.serial(), request.command() | 0x8000, request.sequence(), 0, new byte[0]);
      case PeerTerminal.DATA -> data(request, who);
      default -> inSession(request, who, 0, who.downlink());
    };
  }

  private byte[] inSession(PeerFrame request, Identity who, int result, String password) {
    if (!sessions.containsKey(who.serial())) {
      return PeerTerminal.unsigned(
          who.serial(), request.command() | 0x8000, request.sequence(), 0, new byte[] {3});
    }
    return signed(request, who, sessions.get(who.serial()), new byte[] {(byte) result}, password);
  }

  private static byte[] signed(
      PeerFrame request, Identity who, long timestamp, byte[] body, String password) {
    byte[] unsigned = PeerTerminal.unsigned(
        who.serial(), request.command() | 0x8000, request.sequence(), 0x20, body);
    return PeerDigest.append(unsigned, timestamp, who, PeerDigest.ImeiForm.SIXTEEN_BYTES, password);
  }

  private byte[] data(PeerFrame request, Identity who) {
    if (!sessions.containsKey(who.serial())
        || !seenFrames.add(
            request.serial() + request.sequence() + Arrays.hashCode(request.body()))) {
      return inSession(request, who, 0, who.downlink());
    }
    Deed deed = script.deed(++readings);
    switch (deed) {
      case ACK_ONLY, REFUSE -> {}
      case FORGET_SESSION -> {
        seenFrames.clear();
        sessions.remove(who.serial());
      }
      case STORE_TWICE_AND_ACK -> {
        append(request);
        append(request).with("data").put("suspectedDuplicate", false);
      }
      case STORE_AFTER_THE_NEXT_AND_ACK -> held.put(who.serial(), request);
      default -> append(request);
    }
    if (deed == Deed.STORE_AND_BREAK) {
      throw new UncheckedIOException(new IOException("as the script says"));
    }
    if (deed == Deed.STORE_ONLY) {
      return new byte[0];
    }
    String password = deed == Deed.SIGN_WRONGLY ? who.uplink() : who.downlink();
    return inSession(request, who, deed == Deed.REFUSE ? 3 : 0, password);
  }

  private ObjectNode append(PeerFrame request) {
    byte[] body = request.body();
    int destination = 2 + 4 + (body[4] << 8 | body[5]);
    String payload =
        Base64.getEncoder().encodeToString(Arrays.copyOfRange(body, destination + 4, body.length));
    ObjectNode event =
        Api.JSON.createObjectNode().put("type", "m2m.data.up").put("subject", request.serial());
    event
        .putObject("data")
        .put("payload", payload)
        .put("suspectedDuplicate", !seenContents.add(request.serial() + payload));
    log.add(event);
    Optional.ofNullable(held.remove(request.serial())).ifPresent(this::append);
    notifyAll();
    return event;
  }

  @Override
  public void close() throws IOException {
    terminals.close();
    http.stop(0);
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
