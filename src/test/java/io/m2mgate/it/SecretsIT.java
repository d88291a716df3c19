package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSim;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SecretScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where secrets must not be: in nothing that is written, and in no memory once their terminals have logged out. */
class SecretsIT {
  private static final String APP = "EC01";
  private static final int FLEET = 1000;
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int PASSWORD = 8;
  private static final int BASE_KEY = 24;
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir
  private Path elsewhere;

  private final Random random = new Random(41383);
  private final SecretScan scan = new SecretScan();
  private final List<Identity> fleet = new ArrayList<>();
  private GatewayProcess gateway;
  private Api admin;
  private Api app;

  @BeforeEach
  void start() {
    gateway = GatewayProcess.start("log.level=debug");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private String secret(String of, int length) {
    StringBuilder text = new StringBuilder();
    random.ints(length, 0, LETTERS.length()).mapToObj(LETTERS::charAt).forEach(text::append);
    scan.add(of, text.toString().getBytes(StandardCharsets.US_ASCII));
    return text.toString();
  }

  private Identity random(String way) {
    Identity numbered = Identity.fresh();
    Identity who = new Identity(
        numbered.serial(),
        numbered.imei(),
        numbered.imsi(),
        secret(way + " uplink", PASSWORD),
        secret(way + " downlink", PASSWORD));
    fleet.add(who);
    return who;
  }

  private ObjectNode json(Identity who, String way) {
    String baseKey = secret(way + " base key", BASE_KEY);
    return Api.terminalJson(who, APP, "wmmp-3")
        .put("baseKey", HexFormat.of().formatHex(baseKey.getBytes(StandardCharsets.US_ASCII)));
  }

  private void create(int terminals) {
    for (int i = 0; i < terminals; i++) {
      ObjectNode body = json(random("created"), "created");
      assertThat(admin.call("POST", "/v1/admin/terminals", body).status()).isEqualTo(201);
    }
    // A body that is refused has secrets as well.
    ObjectNode again = json(fleet.get(0), "refused");
    assertThat(admin.call("POST", "/v1/admin/terminals", again).status()).isEqualTo(409);
    again.put("imei", "none").put("uplinkPassword", secret("bad", PASSWORD));
    assertThat(admin.call("POST", "/v1/admin/terminals", again).status()).isEqualTo(422);
  }

  private void imported(int terminals) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < terminals; i++) {
      lines.append(json(random("imported"), "imported")).append('\n');
    }
    ObjectNode bad = json(fleet.get(fleet.size() - 1), "bad line");
    lines.append(bad.put("imei", "none")).append('\n');
    Path file = Files.writeString(elsewhere.resolve("fleet.ndjson"), lines);
    JavaProcess run = JavaProcess.start(
        elsewhere,
        List.of(
            "terminals",
            "import",
            file.toString(),
            "--data-dir",
            gateway.dataDir().toString()));
    run.awaitExit(PATIENCE);
    assertThat(admin
            .get("/v1/admin/terminals/" + fleet.get(fleet.size() - 1).serial())
            .status())
        .as("%s", run.output())
        .isEqualTo(200);
  }

  private void comeAndGo(Identity who) {
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.login();
      assertThat(terminal.data(APP, HELLO)).isZero();
      terminal.heartbeat();
      terminal.logout(0);
    }
  }

  // Verifies that no secret of a thousand terminals is in the data directory, the log, the events
  // and the audit, nor, after they have logged out, in the memory of the gateway.
  @Test
  @Tag("long")
  void areNowhere() throws IOException, InterruptedException {
    create(FLEET / 2);
    imported(FLEET / 2);
    fleet.forEach(this::comeAndGo);
    Await.until("terminals forgotten", PATIENCE, () -> admin.metric("m2mgate_lane_terminals") == 0);

    try (Stream<Path> files = Files.walk(gateway.dataDir())) {
      assertThat(files.filter(Files::isRegularFile).filter(Files::isReadable))
          .hasSizeGreaterThan(3)
          .allSatisfy(file -> assertThat(scan.in(file)).isEmpty());
    }
    assertThat(scan.in(bytes(String.join("\n", gateway.process().output())))).isEmpty();
    assertThat(scan.in(bytes(app.events(FLEET, event -> true).toString()))).isEmpty();
    for (String path : List.of(
        "/v1/admin/audit?limit=1000",
        "/v1/admin/terminals/export",
        "/v1/admin/terminals?limit=1000",
        "/v1/terminals/" + fleet.get(0).serial(),
        "/metrics")) {
      assertThat(scan.in(bytes(admin.get(path).body()))).as(path).isEmpty();
    }
    assertThat(scan.in(heap())).isEmpty();
  }

  // Verifies that the scan would find them: a heap that has a terminal in it has its secrets.
  @Test
  @Tag("long")
  void areInMemoryWhileTheirTerminalIsThere() throws IOException, InterruptedException {
    create(1);
    try (PeerTerminal terminal = gateway.terminal(fleet.get(0))) {
      terminal.login();
      assertThat(scan.in(heap())).anyMatch(found -> found.endsWith("created uplink, raw"));
    }
  }

  // Verifies that the codes of a SIM card are in no memory once the command that set them has ended
  // and
  // its terminal has logged out, and in nothing that is written at any time.
  @Test
  @Tag("long")
  void codesAreForgotten() throws IOException, InterruptedException {
    create(1);
    String pin = "73519264";
    scan.add("PIN", bytes(pin));
    try (PeerTerminal terminal = gateway.terminal(fleet.get(0)).login()) {
      String id = PeerSim.ask(app, fleet.get(0), "{\"type\":\"sim\",\"pin1\":\"" + pin + "\"}");
      PeerFrame set = PeerCommands.expect(terminal, PeerRotation.SECURITY_CONFIG, PeerSim.pin(pin));
      PeerCommands.ack(terminal, set, 0);
      PeerSim.await(app, id, "acked");
      PeerSim.comeBack(terminal);
      PeerSim.report(terminal, PeerSim.digestTlv(fleet.get(0), pin));
      PeerSim.await(app, id, "succeeded");
      terminal.logout(0);
    }
    Await.until("terminals forgotten", PATIENCE, () -> admin.metric("m2mgate_lane_terminals") == 0);
    try (Stream<Path> files = Files.walk(gateway.dataDir())) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(scan.in(file)).isEmpty());
    }
    assertThat(scan.in(bytes(String.join("\n", gateway.process().output())))).isEmpty();
    assertThat(scan.in(heap())).isEmpty();
  }

  private Path heap() throws IOException, InterruptedException {
    Path file = elsewhere.resolve("heap.hprof");
    Files.deleteIfExists(file);
    Process dump = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(gateway.process().pid()),
            "GC.heap_dump",
            file.toString())
        .redirectErrorStream(true)
        .start();
    String said = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(dump.waitFor()).as(said).isZero();
    return file;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // Verifies that a terminal that logged out leaves the lane's memory, that its repeated LOGOUT is
  // still answered under the session that ended, twice, and that it logs in again.
  @Test
  void areForgottenAfterLogout() {
    create(1);
    try (PeerTerminal terminal = gateway.terminal(fleet.get(0))) {
      terminal.login();
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, new byte[] {0});
      terminal.exchange(logout);
      for (int i = 0; i < 2; i++) {
        Await.until(
            "terminal forgotten", PATIENCE, () -> admin.metric("m2mgate_lane_terminals") == 0);
        terminal.exchange(logout);
        terminal.exchange(terminal.signed(PeerTerminal.LOGOUT, new byte[] {0}));
      }
      terminal.login();
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
    assertThat(app.events(1, "m2m.terminal.logout", fleet.get(0).serial())).hasSize(1);
  }
}
