package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/** A receiver of webhooks that answers as a test says, on a loopback port that it keeps when it is killed and comes back. */
public final class WebhookReceiver implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Hit> hits = new ArrayList<>();
  private final SSLContext tls;
  private volatile Function<Hit, Reply> script = hit -> Reply.OK;
  private volatile CountDownLatch stall = new CountDownLatch(0);
  private HttpServer server;
  private int port;

  /** One request. */
  public record Hit(String path, Map<String, String> headers, String body, List<JsonNode> events) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }

    public JsonNode event() {
      return events.get(0);
    }

    public boolean isOf(Identity who) {
      return events.stream().anyMatch(it -> it.path("subject").asText().equals(who.serial()));
    }
  }

  /** @param status 0 = never */
  public record Reply(int status, Map<String, String> headers, String body) {
    public static final Reply OK = Reply.of(204);
    public static final Reply NEVER = Reply.of(0);

    public static Reply of(int status) {
      return new Reply(status, Map.of(), "");
    }
  }

  private WebhookReceiver(SSLContext tls) {
    this.tls = tls;
    listen();
  }

  public static WebhookReceiver start() {
    return new WebhookReceiver(null);
  }

  public static WebhookReceiver startTls(SSLContext context) {
    return new WebhookReceiver(context);
  }

  private void listen() {
    try {
      var address = new InetSocketAddress(HOST, port);
      if (tls == null) {
        server = HttpServer.create(address, 100);
      } else {
        HttpsServer secure = HttpsServer.create(address, 100);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
      port = server.getAddress().getPort();
      server.setExecutor(threads);
      server.createContext("/", this::serve);
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> headers = new java.util.HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) ->
              headers.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
      JsonNode json = Api.JSON.readTree(body);
      List<JsonNode> events = new ArrayList<>();
      if (json.isArray()) {
        json.forEach(events::add);
      } else {
        events.add(json);
      }
      var hit = new Hit(exchange.getRequestURI().toString(), headers, body, events);
      stall.await();
      synchronized (hits) {
        hits.add(hit);
        hits.notifyAll();
      }
      answer(exchange, script.apply(hit));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, Reply reply)
      throws IOException, InterruptedException {
    if (reply.status() == 0) {
      new CountDownLatch(1).await(60, TimeUnit.SECONDS);
      return;
    }
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  public WebhookReceiver answering(Function<Hit, Reply> how) {
    script = how;
    return this;
  }

  /** So many of each shipment's tries fail, by its {@code webhook-id}. */
  public WebhookReceiver failingFirst(int tries, Reply with) {
    Map<String, Integer> seen = new java.util.concurrent.ConcurrentHashMap<>();
    return answering(
        hit -> seen.merge(hit.header("webhook-id"), 1, Integer::sum) <= tries ? with : Reply.OK);
  }

  public String url() {
    return url(HOST);
  }

  public String url(String host) {
    return (tls == null ? "http://" : "https://") + host + ":" + port + "/hook";
  }

  public List<Hit> hits() {
    synchronized (hits) {
      return List.copyOf(hits);
    }
  }

  /** Waits for so many requests that fit. */
  public List<Hit> await(int count, Duration patience, Predicate<Hit> fit) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (hits) {
      List<Hit> found = hits.stream().filter(fit).toList();
      while (found.size() < count) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
          throw new AssertionError(found.size() + " of " + count + " requests within " + patience);
        }
        try {
          hits.wait(millis);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        found = hits.stream().filter(fit).toList();
      }
      return found;
    }
  }

  public List<Hit> await(int count, Predicate<Hit> fit) {
    return await(count, Await.PATIENCE, fit);
  }

  /** Connections end in the middle of whatever they do, and no new ones are taken. */
  public WebhookReceiver kill() {
    server.stop(0);
    return this;
  }

  /** On the same port. */
  public WebhookReceiver restart() {
    listen();
    return this;
  }

  /** Requests are read and not answered until {@link #goOn}. */
  public WebhookReceiver stall() {
    stall = new CountDownLatch(1);
    return this;
  }

  public WebhookReceiver goOn() {
    stall.countDown();
    return this;
  }

  @Override
  public void close() {
    stall.countDown();
    threads.shutdownNow();
    server.stop(0);
  }
}
