package io.m2mgate.bridge;

import io.m2mgate.bridge.http.HttpBridgeVerticle;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.bridge.mqtt.ClientIds;
import io.m2mgate.bridge.mqtt.MqttBridgeVerticle;
import io.m2mgate.bridge.mqtt.MqttOptions;
import io.m2mgate.bus.Standings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.sql.SqlStore;
import io.m2mgate.trace.Traces;
import io.m2mgate.upgrade.PackageFiles;
import io.m2mgate.upgrade.Packages;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Both bridges on a real store in a directory of the test's, on ports of the system's choice. Used by one test at a
 * time.
 */
public final class BridgeFixture implements AutoCloseable {

  public static final String ADMIN = "test-administrator-key";
  public static final int CONSUMERS = 5;
  public static final long IDLE_MILLIS = TimeUnit.DAYS.toMillis(30);

  public final Vertx vertx = Vertx.vertx();
  public final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  public final List<String> changed = Collections.synchronizedList(new ArrayList<>());
  public final List<String> unlocked = Collections.synchronizedList(new ArrayList<>());
  /** How much later it is to consumers than it is. */
  public final AtomicLong aheadMillis = new AtomicLong();

  public final Store store;
  public final BridgeParts parts;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpBridgeVerticle http;
  private final MqttBridgeVerticle mqtt;
  private final String mqttDeployment;
  private boolean storeClosed;

  public BridgeFixture(Path directory) {
    this(directory, HttpOptions.at("127.0.0.1", 0), MqttOptions.at("127.0.0.1", 0));
  }

  public BridgeFixture(Path directory, HttpOptions httpOptions, MqttOptions mqttOptions) {
    this("sqlite:" + directory.resolve("test.db"), httpOptions, mqttOptions);
  }

  /** On a store of the test's choice. */
  public BridgeFixture(String storeUrl) {
    this(storeUrl, HttpOptions.at("127.0.0.1", 0), MqttOptions.at("127.0.0.1", 0));
  }

  private BridgeFixture(String storeUrl, HttpOptions httpOptions, MqttOptions mqttOptions) {
    store = await(SqlStore.open(vertx, StoreOptions.of(storeUrl, meters)));
    var applications = new ApplicationRegistry(store.applications());
    await(applications.load());
    var access = AccessFixture.of(vertx, store, applications, ADMIN, meters);
    var desk = new CommandDesk(store, new NoCommands(), reader());
    parts = new BridgeParts(
        store,
        applications,
        access.access(),
        access.admission(),
        access.taps(),
        new Consumers(
            store,
            new Consumers.Limits(CONSUMERS, IDLE_MILLIS, 4_096),
            () -> Instant.now().plusMillis(aheadMillis.get()),
            meters),
        new MapProfiles(),
        Dictionary.load(),
        new TerminalChanges() {
          @Override
          public Future<Void> changed(String serial) {
            changed.add(serial);
            return Future.succeededFuture();
          }

          @Override
          public Future<Map<String, SessionState>> live(Collection<String> serials) {
            return Future.succeededFuture(Map.of());
          }

          @Override
          public void unlock(String serial) {
            unlocked.add(serial);
          }
        },
        new PlainSealer(),
        new NoRotations(),
        desk,
        new ParameterDesk(store, new StoredParameters(store), reader(), desk),
        new NoReconciliations(),
        new Traces(new Traces.Limits(2, 60, 100, 100_000), meters),
        packages(),
        upgrades(store),
        new NoWebhooks(),
        Optional.empty(),
        meters,
        "test");
    http = new HttpBridgeVerticle(parts, httpOptions);
    await(vertx.deployVerticle(http));
    mqtt = new MqttBridgeVerticle(parts, mqttOptions, new ClientIds());
    mqttDeployment = await(vertx.deployVerticle(mqtt));
  }

  private static UpgradeDesk upgrades(Store store) {
    return new UpgradeDesk(
        store,
        () -> {},
        () -> true,
        new UpgradeDesk.Rules(10, 0, 0, 1_000, 80, 20),
        InstantSource.system());
  }

  private Packages packages() {
    try {
      var files = new PackageFiles(Files.createTempDirectory("packages"));
      var crc16 = Dictionary.load(Path.of("no-dialects")).dialect().crc16();
      return new Packages(
          vertx,
          store.packages(),
          files,
          crc16,
          new Packages.Limits(1024 * 1024, 2),
          InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandReader reader() {
    var dictionary = Dictionary.load(Path.of("no-dialects"));
    var profiles = new Profiles(name -> dictionary.dialect(name).isPresent());
    return new CommandReader(
        dictionary, profiles, new PlainSealer(), InstantSource.system(), 86_400, 86_400);
  }

  /** Seals nothing, so that a test sees what was to be sealed. */
  public static SecretSealer plainSealer() {
    return new PlainSealer();
  }

  public static <T> T await(Future<T> future) {
    var outcome = future.toCompletionStage().toCompletableFuture();
    return outcome.orTimeout(20, TimeUnit.SECONDS).join();
  }

  public int mqttPort() {
    return mqtt.port();
  }

  public int httpPort() {
    return http.port();
  }

  public void closeStore() {
    if (!storeClosed) {
      storeClosed = true;
      await(store.close());
    }
  }

  public void undeployMqtt() {
    await(vertx.undeploy(mqttDeployment));
  }

  /** Creates an application and gives its key. */
  public String application(String appCode) {
    return json(post("/v1/admin/applications", ADMIN, "{\"appCode\":\"" + appCode + "\"}"))
        .getString("apiKey");
  }

  public void terminal(String serial, String app) {
    var imei = String.format("%015d", Math.abs((long) serial.hashCode()));
    var body = new JsonObject().put("serial", serial).put("imei", imei).put("app", app);
    var answer = post("/v1/admin/terminals", ADMIN, body.encode());
    if (answer.statusCode() != 201) {
      throw new IllegalStateException(answer.body());
    }
  }

  /** Appends so many events of a type and waits until they are durable. */
  public void append(String app, String serial, String type, int count) {
    append(app, serial, type, count, "");
  }

  /** Stores a terminal's sessions and one reported value. */
  public void report(String serial, SessionState sessions) {
    var value = new ReportedValue(0x2002, "heartbeat", "90", 3000);
    commit(List.of(new CommitUnit(
        List.of(
            new Change.PutSession(serial, sessions),
            new Change.PutReported(serial, List.of(value))),
        outcome -> {})));
  }

  public void append(String app, String serial, String type, int count, String padding) {
    var units = new ArrayList<CommitUnit>();
    for (int i = 0; i < count; i++) {
      var data = new JsonObject().put("n", i).put("pad", padding).encode();
      var change = new Change.AppendEvent(
          app, serial, type, System.currentTimeMillis(), data, UplinkMark.NONE);
      units.add(new CommitUnit(List.of(change), outcome -> {}));
    }
    commit(units);
  }

  private void commit(List<CommitUnit> units) {
    var done = new CompletableFuture<CommitBatch>();
    store.journal().append(new CommitBatch(units, done::complete));
    var batch = done.orTimeout(20, TimeUnit.SECONDS).join();
    if (batch.units().stream().anyMatch(unit -> unit.outcome() != CommitUnit.Outcome.COMMITTED)) {
      throw new IllegalStateException("not committed");
    }
  }

  public HttpResponse<String> get(String path, String key, String... headers) {
    return send("GET", path, key, null, headers);
  }

  public HttpResponse<String> post(String path, String key, String body, String... headers) {
    return send("POST", path, key, body, headers);
  }

  /** A null key sends no Authorization, a null body none. */
  public HttpResponse<String> send(
      String method, String path, String key, String body, String... headers) {
    try {
      return client.send(request(method, path, key, body, headers), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public CompletableFuture<HttpResponse<String>> sendAsync(
      String path, String key, String... headers) {
    return client.sendAsync(request("GET", path, key, null, headers), BodyHandlers.ofString());
  }

  public HttpRequest request(
      String method, String path, String key, String body, String... headers) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + path))
        .timeout(Duration.ofSeconds(30))
        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  public HttpClient client() {
    return client;
  }

  public static JsonObject json(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  /** The last part of a problem's type. */
  public static String problem(HttpResponse<String> answer) {
    return json(answer).getString("type").replaceAll(".*:", "");
  }

  @Override
  public void close() {
    await(Future.join(vertx.deploymentIDs().stream().map(vertx::undeploy).toList()));
    closeStore();
    await(vertx.close());
  }

  private static final class PlainSealer implements SecretSealer {
    @Override
    public byte[] seal(String serial, String kind, byte[] clear) {
      return ("sealed:" + kind + HexFormat.of().formatHex(clear))
          .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean holds(String serial, String kind, byte[] sealed, byte[] clear) {
      return Arrays.equals(sealed, seal(serial, kind, clear));
    }

    @Override
    public long fingerprint(String subject, byte[] clear) {
      return Arrays.hashCode(clear);
    }
  }

  private static final class MapProfiles implements ProfileCatalogue {
    private final Map<String, JsonObject> own = new ConcurrentHashMap<>();

    @Override
    public Map<String, JsonObject> all() {
      var all = new HashMap<>(own);
      builtIn().forEach(name -> all.put(name, new JsonObject().put("dialect", "wmmp-3")));
      return all;
    }

    @Override
    public Set<String> builtIn() {
      return Set.of("wmmp-3", "lenient");
    }

    @Override
    public Future<JsonObject> put(String name, JsonObject body) {
      if (!body.containsKey("dialect")) {
        return Future.failedFuture(InvalidRequest.at("/dialect", "missing", "wmmp-3"));
      }
      own.put(name, body);
      return Future.succeededFuture(body);
    }

    @Override
    public Future<Boolean> delete(String name) {
      return Future.succeededFuture(own.remove(name) != null);
    }
  }

  /** What the store has of parameters, to look at. */
  private record StoredParameters(Store store) implements Parameters {
    @Override
    public Future<View> view(TerminalRecord terminal) {
      return store
          .parameters()
          .read(terminal.serial())
          .map(known -> new View(
              known,
              Standings.of(known, new Standings.Rules(1, 1), 0),
              OptionalInt.empty(),
              OptionalInt.empty()));
    }

    @Override
    public Future<Boolean> replace(
        DesiredSet next,
        String serial,
        List<StoredCommand> others,
        Optional<StoredCommand.Head> head) {
      return Future.failedFuture(new UnsupportedOperationException("only looked at"));
    }

    @Override
    public int sends() {
      return 1;
    }
  }
}
