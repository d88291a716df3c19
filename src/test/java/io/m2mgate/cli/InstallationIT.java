package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.Settings;
import io.m2mgate.config.SettingsLoader;
import io.m2mgate.ops.Gateway;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands and files for operators against a whole gateway in this process. */
class InstallationIT {
  private static final String BASE_KEY = "00112233445566778899aabbccddeeff";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern FIGURE =
      Pattern.compile("\\b(m2mgate|jvm|process|system)_[a-z0-9_]*[a-z0-9]\\b");

  @TempDir
  Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path data;
  private Gateway gateway;
  private DataDir dataDir;

  @BeforeEach
  void start() throws Exception {
    data = directory.resolve("data");
    Settings settings = SettingsLoader.load(Map.of(
        "data.dir", data.toString(),
        "terminal.tcp.port", "0",
        "terminal.udp.port", "0",
        "http.port", "0",
        "mqtt.port", "0"));
    dataDir = DataDir.open(settings);
    gateway = Gateway.start(settings, dataDir)
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    dataDir.writeEndpoints(gateway.endpoints());
  }

  @AfterEach
  void stop() throws Exception {
    gateway.stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Api api() {
    var http = URI.create(gateway.endpoints().http().orElseThrow().uri());
    return new Api(http, dataDir.adminKey().value());
  }

  private int execute(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private String application(String code) {
    var body = Api.JSON.createObjectNode().put("appCode", code);
    return api()
        .call("POST", "/v1/admin/applications", body)
        .json()
        .path("apiKey")
        .asText();
  }

  private PeerTerminal terminal(Identity who) {
    var tcp = gateway.endpoints().terminalTcp().orElseThrow();
    return new PeerTerminal(who, new InetSocketAddress(tcp.host(), tcp.port()));
  }

  private static String csv(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(Identity::numbered)
        .map(who -> String.join(
            ",", who.serial(), who.imei(), who.imsi(), "EC01", who.uplink(), who.downlink()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static final String HEADER = "serial,imei,imsi,app,uplinkPassword,downlinkPassword\n";

  private int transfer(String what, Path file, String... more) {
    var args = new java.util.ArrayList<>(
        List.of("terminals", what, file.toString(), "--data-dir", data.toString()));
    args.addAll(List.of(more));
    return execute(args.toArray(String[]::new));
  }

  // Verifies that a file is imported, that its bad lines end in a file of their own which can be
  // corrected and imported, that a repetition changes nothing, and that an imported terminal is
  // served although it was unknown a moment ago.
  @Test
  void importsAFile() throws IOException {
    application("EC01");
    Identity who = Identity.numbered(7);
    try (var early = terminal(who)) {
      assertThat(early.exchangeLogin(early.loginFrame(1, 0)).result()).isNotZero();
    }
    Path file = Files.writeString(
        directory.resolve("fleet.csv"), HEADER + csv(0, 20) + "bad,1,2,EC01,,\n" + csv(20, 30));

    assertThat(transfer("import", file)).as(err.toString()).isEqualTo(Main.FAILED);

    assertThat(out.toString()).contains("30 created", "1 failed", "fleet.csv.failed");
    Path failed = directory.resolve("fleet.csv.failed");
    assertThat(Files.readString(failed)).isEqualTo(HEADER + "bad,1,2,EC01,,\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(failed)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(directory.resolve("fleet.csv.errors")))
        .contains("\"line\":22", "/serial", "/imei");
    try (var peer = terminal(who)) {
      peer.login();
    }
    assertThat(transfer("import", file, "--from-line", "23")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("0 created, 0 updated, 10 skipped, 0 failed");
    assertThat(failed).doesNotExist();
    assertThat(transfer("import", file, "--from-line", "22")).isEqualTo(Main.FAILED);
    assertThat(Files.readString(directory.resolve("fleet.csv.errors"))).contains("\"line\":22");
    assertThat(transfer("import", directory.resolve("none.csv"))).isEqualTo(Main.FAILED);
    assertThat(transfer("import", file, "--from-line", "99")).isEqualTo(Main.FAILED);
  }

  // Verifies that a file which is imported again leaves the secrets alone that its terminal was
  // given since, and sets them when it is told to.
  @Test
  void keepsRotatedSecrets() throws IOException {
    var app = api().as(application("EC01"));
    Path file = Files.writeString(directory.resolve("fleet.csv"), HEADER + csv(0, 2));
    transfer("import", file);
    Identity old = Identity.numbered(0);
    Identity renewed;
    try (var peer = terminal(old).login()) {
      app.call("POST", "/v1/terminals/" + old.serial() + "/rotations", Api.JSON.createObjectNode());
      Given given = PeerRotation.expectSet(peer);
      PeerRotation.ack(peer, given, 0);
      renewed = given.applied(old);
      peer.logout(9);
    }
    try (var peer = terminal(renewed)) {
      peer.login();
      app.events(1, event -> event.path("data").path("state").asText().equals("succeeded"));
    }

    assertThat(transfer("import", file)).as(out.toString()).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("2 skipped", "1 of them keep the secrets");
    assertThat(transfer("import", file, "--mode", "upsert")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("2 skipped", "1 of them keep the secrets");
    try (var peer = terminal(renewed)) {
      peer.login();
    }
    assertThat(transfer("import", file, "--mode", "upsert", "--overwrite-secrets"))
        .isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("1 updated, 1 skipped").doesNotContain("keep");
    try (var peer = terminal(old)) {
      peer.login();
    }
  }

  // Verifies that an export appears whole, has what its filters let through, and is taken by
  // import.
  @Test
  void exportsAFile() throws IOException {
    application("EC01");
    transfer("import", Files.writeString(directory.resolve("in.csv"), HEADER + csv(0, 30)));
    Path all = directory.resolve("all.ndjson");
    Path some = directory.resolve("some.csv");

    assertThat(transfer("export", all)).as(err.toString()).isEqualTo(Main.DONE);
    assertThat(transfer("export", some, "--state", "online", "--app", "EC01")).isEqualTo(Main.DONE);

    assertThat(Files.readAllLines(all)).hasSize(30);
    assertThat(Files.readString(all)).doesNotContain(Identity.numbered(1).uplink());
    assertThat(Files.readAllLines(some)).hasSize(1);
    assertThat(transfer("import", all, "--mode", "upsert")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("30 skipped");
    assertThat(transfer("export", some, "--state", "dreaming")).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("422");
    assertThat(Files.readAllLines(some)).hasSize(1);
  }

  // Verifies that every figure that the alert rules and the dashboard name is one of the gateway's.
  // The figures of collections exist from the first collection on, so there is one.
  @Test
  void namesFiguresThatExist() throws IOException {
    application("EC01");
    try (var stranger = terminal(Identity.fresh())) {
      stranger.exchangeLogin(stranger.loginFrame(1, 0));
      stranger.link().close();
    }
    System.gc();
    Await.until("pause", PATIENCE, () -> figures(metrics()).contains("jvm_gc_pause_seconds_sum"));
    String metrics = metrics();
    Set<String> there = figures(metrics);

    for (String file : List.of("alerts.yaml", "grafana-dashboard.json")) {
      Set<String> named = FIGURE
          .matcher(Files.readString(Path.of("conf", file)))
          .results()
          .map(MatchResult::group)
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(named).as(file).hasSizeGreaterThan(10);
      assertThat(there).as(file).containsAll(named);
    }
    assertThat(metrics)
        .contains("command=\"LOGIN\"", "reason=\"wrong-digest\"", "reason=\"fault\"");
  }

  private String metrics() {
    return api().get("/metrics").body();
  }

  private static Set<String> figures(String metrics) {
    return metrics
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]")[0])
        .collect(Collectors.toSet());
  }

  // Verifies that a diagnosis has all its parts and, searched in every file, none of the secrets of
  // the installation.
  @Test
  void diagnosesWithoutSecrets() throws IOException {
    String apiKey = application("EC01");
    Identity who = Identity.fresh();
    var body = Api.JSON
        .createObjectNode()
        .put("serial", who.serial())
        .put("imei", who.imei())
        .put("imsi", who.imsi())
        .put("app", "EC01")
        .put("uplinkPassword", who.uplink())
        .put("downlinkPassword", who.downlink())
        .put("baseKey", BASE_KEY);
    assertThat(api().call("POST", "/v1/admin/terminals", body).status()).isEqualTo(201);
    try (var peer = terminal(who)) {
      peer.login();
    }
    Path zip = directory.resolve("diag.zip");

    int exit = execute(
        "diag",
        "--data-dir",
        data.toString(),
        "--out",
        zip.toString(),
        "--set",
        "store.url=postgresql://gate:hunter2secret@db.example/m2m");

    assertThat(exit).as(err.toString()).isEqualTo(Main.DONE);
    Map<String, String> parts = parts(zip);
    assertThat(parts)
        .containsOnlyKeys(
            "settings.txt",
            "versions.txt",
            "data-dir.txt",
            "endpoints.json",
            "health-live.txt",
            "health-ready.txt",
            "metrics.txt",
            "audit.ndjson",
            "process.json",
            "threads.txt");
    assertThat(parts.get("settings.txt")).contains("store.url", "db.example");
    assertThat(parts.get("health-ready.txt")).startsWith("200");
    assertThat(parts.get("metrics.txt")).contains("m2mgate_frames_received_total");
    assertThat(parts.get("process.json")).contains("\"schemaVersion\" : 15", "\"terminals\" : 1");
    assertThat(parts.get("threads.txt")).contains("m2mgate-store-writer", "    at ");
    assertThat(parts.get("audit.ndjson"))
        .contains("terminal.create", who.serial())
        .doesNotContain("detail");
    assertNowhere(
        parts,
        dataDir.adminKey().value(),
        Files.readString(data.resolve("master.key")).strip(),
        apiKey,
        apiKey.split("_", 3)[2],
        who.uplink(),
        who.downlink(),
        BASE_KEY,
        "hunter2secret");
  }

  private static void assertNowhere(Map<String, String> parts, String... secrets) {
    parts.forEach((name, text) -> {
      for (String secret : secrets) {
        assertThat(text.toLowerCase(Locale.ROOT).contains(secret.toLowerCase(Locale.ROOT)))
            .as("a secret in " + name)
            .isFalse();
      }
    });
  }

  // Verifies that a gateway that is not there is told of, and is no failure.
  @Test
  void diagnosesWhatDoesNotRun() throws IOException {
    Path zip = directory.resolve("diag.zip");

    assertThat(execute("diag", "--data-dir", directory.toString(), "--out", zip.toString()))
        .isEqualTo(Main.DONE);

    Map<String, String> parts = parts(zip);
    assertThat(parts.get("metrics.txt")).startsWith("not available: ").contains("endpoints.json");
    assertThat(parts.get("settings.txt")).contains("terminal.tcp.port");
  }

  private static Map<String, String> parts(Path file) throws IOException {
    var parts = new HashMap<String, String>();
    try (var zip = new ZipInputStream(Files.newInputStream(file))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        parts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return parts;
  }
}
