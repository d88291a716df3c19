package io.m2mgate.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.Fleet.Phase;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.config.Endpoints;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Durable readings to 1, 10 and 100 readers by every tap: from the moment when terminals begin to send until the last reader has the last of
 * them whole. The same messages go through Mosquitto, in turn and in the same run. The caller's thread.
 */
final class DeliveryBench {
  private static final String APP = "BENCHD";
  private static final List<Integer> READERS = List.of(1, 10, 100);
  private static final int TERMINALS = 25;
  private static final int PIPELINE = 16;
  private static final int FEWEST = 400;
  private static final int MOST = 400_000;
  private static final int PATIENCE_SECONDS = 120;
  private static final long LOOK_MILLIS = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BenchOptions options;
  private final Subject gateway;
  private final Optional<BrokerChild> broker;
  private final InetSocketAddress mqtt;
  private final HttpClient http = HttpClient.newHttpClient();
  private final OperatingSystemMXBean self =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final String key;
  private long lost;

  /** What a round showed: events in a second of all readers, and what one cost whom. */
  private record Round(double rate, double serverMicros, double ownShare) {}

  private DeliveryBench(
      BenchOptions options, Subject gateway, Path dataDir, Optional<BrokerChild> broker)
      throws IOException {
    this.options = options;
    this.gateway = gateway;
    this.broker = broker;
    URI listener = URI.create(Endpoints.read(dataDir)
        .mqtt()
        .orElseThrow(() -> new IOException("the gateway has no MQTT listener"))
        .uri());
    this.mqtt = new InetSocketAddress(listener.getHost(), listener.getPort());
    ObjectNode application = JSON.createObjectNode().put("appCode", APP);
    this.key =
        call("POST", "/v1/admin/applications", application).path("apiKey").asText();
  }

  static List<Figure> measure(BenchOptions options, Path home) throws IOException {
    Optional<BrokerChild> broker = BrokerChild.start(home);
    try (Subject gateway = Subject.gateway(home, options)) {
      return new DeliveryBench(options, gateway, home.resolve("data"), broker).measure();
    } finally {
      broker.ifPresent(BrokerChild::close);
    }
  }

  private List<Figure> measure() throws IOException {
    List<Figure> figures = new ArrayList<>();
    for (int readers : READERS) {
      figures.addAll(measure(readers));
    }
    figures.add(Figure.of(
        "delivery.lost", "  not delivered in time, all rounds", lost, "", Goal.atMost(0)));
    if (broker.isEmpty()) {
      figures.add(Figure.of("delivery.mosquitto", "  Mosquitto is not installed: skipped", 0, ""));
    }
    return figures;
  }

  /** Every tap's rounds lie between those of the others. */
  private List<Figure> measure(int readers) throws IOException {
    Map<TapKind, Long> counts = new EnumMap<>(TapKind.class);
    for (TapKind tap : TapKind.values()) {
      if ((!tap.ofBroker() || broker.isPresent()) && has(tap)) {
        Round trial = round(tap, readers, FEWEST);
        double messages = trial.rate() / readers * options.time().toSeconds();
        counts.put(tap, Math.max(FEWEST, Math.min(MOST, Math.round(messages))));
      }
    }
    Map<TapKind, List<Round>> rounds = new EnumMap<>(TapKind.class);
    for (int i = 0; i < options.rounds(); i++) {
      for (var count : counts.entrySet()) {
        rounds
            .computeIfAbsent(count.getKey(), tap -> new ArrayList<>())
            .add(round(count.getKey(), readers, count.getValue()));
      }
    }
    List<Figure> figures = new ArrayList<>();
    rounds.forEach((tap, of) -> figures.addAll(figures(tap, readers, of)));
    return figures;
  }

  private static List<Figure> figures(TapKind tap, int readers, List<Round> rounds) {
    String name = "delivery." + tap.key() + "." + readers;
    String to = readers == 1 ? " to 1 reader" : " to " + readers + " readers";
    return List.of(
        Figure.of(name, tap.text() + to, median(rounds, Round::rate), "/s"),
        Figure.of(
            name + ".cpu",
            "    CPU of the server for one delivered",
            median(rounds, Round::serverMicros),
            "µs"),
        Figure.of(
            name + ".load",
            "    share of all cores that load and readers took",
            100 * median(rounds, Round::ownShare),
            "%"));
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
    return Rounds.median(rounds.stream().mapToDouble(value).toArray());
  }

  /** A tap that this gateway does not have is left out. */
  private boolean has(TapKind tap) throws IOException {
    if (tap != TapKind.WEBSOCKET) {
      return true;
    }
    try (var one = new TapReaders()) {
      tap.open(source(), 0, one);
      one.start();
      return true;
    } catch (IOException absent) {
      return false;
    }
  }

  private TapKind.Source source() throws IOException {
    URI at = gateway.target().http();
    String consumer = "/v1/consumers/bench?app=" + APP;
    long end = call("PUT", consumer, JSON.createObjectNode()).path("offset").asLong();
    call("DELETE", consumer, JSON.createObjectNode());
    return new TapKind.Source(
        new InetSocketAddress(at.getHost(), at.getPort()), mqtt, APP, key, end);
  }

  private Round round(TapKind tap, int readers, long messages) throws IOException {
    TapKind.Source from = source();
    if (tap.ofBroker()) {
      from = new TapKind.Source(from.http(), broker.orElseThrow().address(), APP, "", 0);
    }
    try (var all = new TapReaders()) {
      for (int i = 0; i < readers; i++) {
        tap.open(from, i, all);
      }
      all.start();
      return tap.ofBroker()
          ? throughBroker(tap, readers, messages, all)
          : throughGateway(readers, messages, all);
    }
  }

  private Round throughGateway(int readers, long messages, TapReaders all) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions()
        .setEventLoopPoolSize(options.loops() + 1)
        .setPreferNativeTransport(true));
    try {
      Fleet fleet = Fleet.start(vertx, fleet(messages), options.loops());
      var ended = fleet.report().toCompletionStage().toCompletableFuture();
      while (fleet.progress().phase().compareTo(Phase.SENDING) < 0 && !ended.isDone()) {
        LoadRun.pause(LOOK_MILLIS);
      }
      Round round = timed(readers, messages, all, this::gatewayCpu, () -> {});
      long acknowledged = LoadRun.report(ended).acknowledged();
      if (!all.await(acknowledged, PATIENCE_SECONDS)) {
        lost += acknowledged - all.least();
      }
      return round;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private FleetOptions fleet(long messages) {
    return FleetOptions.of(gateway.target())
        .withApp(APP)
        .withTerminals(TERMINALS)
        .withConnectionsPerSecond(2_000)
        .withLoad(
            new Load(Mode.DATA, 0, Duration.ZERO, messages, Load.DEFAULT.payloadBytes(), PIPELINE));
  }

  private double gatewayCpu() {
    return gateway.child().map(Child::cpuSeconds).orElse(0.0);
  }

  private Round throughBroker(TapKind tap, int readers, long messages, TapReaders all)
      throws IOException {
    BrokerChild to = broker.orElseThrow();
    JsonNode event = call(
            "GET",
            "/v1/events?limit=1&types=m2m.data.up&after=0&app=" + APP,
            JSON.createObjectNode())
        .path("events")
        .path(0);
    String topic = "m2m/v1/" + APP + "/evt/" + event.path("subject").asText() + "/data";
    return timed(
        readers,
        messages,
        all,
        to::cpuSeconds,
        () -> to.publish(topic, event.toString(), tap.qos(), messages, all));
  }

  /** Work that can fail as the network does. */
  private interface Sending {
    void run() throws IOException;
  }

  private Round timed(
      int readers, long messages, TapReaders all, DoubleSupplier serverCpu, Sending sending)
      throws IOException {
    double server = serverCpu.getAsDouble();
    long own = self.getProcessCpuTime();
    long began = System.nanoTime();
    sending.run();
    if (!all.await(messages, PATIENCE_SECONDS)) {
      lost += messages - all.least();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double delivered = (double) messages * readers;
    return new Round(
        delivered / seconds,
        (serverCpu.getAsDouble() - server) * 1e6 / delivered,
        (self.getProcessCpuTime() - own) / 1e9 / seconds / self.getAvailableProcessors());
  }

  private JsonNode call(String method, String path, ObjectNode body) throws IOException {
    var request = HttpRequest.newBuilder(gateway.target().http().resolve(path))
        .header("Authorization", "Bearer " + gateway.target().adminKey())
        .header("Content-Type", "application/json")
        .method(
            method,
            method.equals("GET") || method.equals("DELETE")
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(body.toString()))
        .build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IOException(
            method + " " + path + ": " + answer.statusCode() + " " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
