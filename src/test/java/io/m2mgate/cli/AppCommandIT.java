package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code m2mgate app} and {@code m2mgate terminal} as a person and as a script use them. */
class AppCommandIT {
  private static final String APP = "EC01";

  private static GatewayProcess gateway;
  private static Api app;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static CliRun app(String... arguments) {
    return CliRun.of(gateway, "app", arguments);
  }

  private static CliRun terminal(String... arguments) {
    return CliRun.of(gateway, "terminal", arguments);
  }

  private static int statusOf(String key) {
    return gateway.api().as(key).get("/v1/terminals").status();
  }

  // Verifies the life of an application and of its keys, and that a script gets a key alone.
  @Test
  void keepsApplications() {
    String key = app("create", "EC20", "--name", "Meters", "--quiet").done().out();
    assertThat(statusOf(key)).isEqualTo(200);
    assertThat(app("create", "EC20").refused("409 already-exists").out()).isEmpty();
    assertThat(app("show", "EC20").done().out())
        .contains("Meters", "data:read")
        .doesNotContain(key);
    assertThat(app("list").done().out()).contains("APP ", "EC20", APP);
    assertThat(app("list", "--json", "--limit", "1").done().out().lines()).hasSize(1);
    // WHEN it is changed THEN what was named has changed
    app("update", "EC20", "--scopes", "data:read", "--set", "relay:={\"from\":[\"EC01\"]}")
        .done();
    assertThat(app("show", "EC20", "--output", "json")
            .done()
            .json()
            .at("/relay/from/0")
            .asText())
        .isEqualTo(APP);
    assertThat(statusOf(key)).isEqualTo(403);
    app("update", "EC20", "--enabled", "false", "--set", "scopes:=null").done();
    assertThat(statusOf(key)).isEqualTo(403);
    app("update", "EC20", "--enabled", "true").done();
    // WHEN it gets another key and loses the first THEN only that is taken
    CliRun made = app("key", "create", "EC20").done();
    String other = made.out().lines().reduce((first, last) -> last).orElseThrow();
    assertThat(made.out()).contains("shown this once");
    String first = key.split("_")[1];
    assertThat(app("keys", "EC20").done().out()).contains(first, "KEY").doesNotContain(other);
    assertThat(app("keys", "EC20", "--json").done().out().lines()).hasSize(2);
    app("key", "delete", "EC20", first).done();
    assertThat(statusOf(key)).isEqualTo(401);
    assertThat(statusOf(other)).isEqualTo(200);
    app("key", "delete", "EC20", first).refused("404 key-unknown");
    assertThat(app("delete", "EC20").done().out()).isEqualTo("deleted");
    app("show", "EC20").refused("404 application-unknown");
  }

  // Verifies the life of a terminal's record, with secrets from files, and lists page by page.
  @Test
  void keepsTerminals() throws Exception {
    Identity who = Identity.fresh();
    Path password = Files.writeString(directory.resolve("password"), who.uplink() + "\n");
    CliRun made = terminal(
            "create",
            who.serial(),
            "--imei=" + who.imei(),
            "--imsi=" + who.imsi(),
            "--app=" + APP,
            "--uplink-password=@" + password,
            "--downlink-password=" + who.downlink())
        .done();
    assertThat(made.out()).contains(who.serial(), "wmmp-3").doesNotContain(who.uplink());
    try (PeerTerminal peer = gateway.terminal(who).login()) {
      assertThat(terminal("list", "--app", APP, "--q", who.serial()).done().out())
          .contains("SERIAL ", who.serial(), who.imei());
      assertThat(terminal("show", who.serial(), "--json")
              .done()
              .json()
              .path("state")
              .asText())
          .isEqualTo("online");
      assertThat(peer.who()).isEqualTo(who);
    }
    terminal("update", who.serial(), "--profile", "lenient", "--set", "imsi:=null")
        .done();
    terminal("update", who.serial(), "--profile", "wmmp-3", "--if-match", "1")
        .refused("412 precondition-failed");
    assertThat(terminal("show", who.serial()).done().out()).contains("lenient");
    CliRun wrong = terminal("create", who.serial(), "--imei=12", "--app=NOSUCH");
    wrong.refused("422", "/imei", "15 digits", "/app", "an existing appCode");
    gateway.api().createTerminal(Identity.fresh(), APP);
    assertThat(terminal("list", "--json").done().out().lines()).hasSizeGreaterThan(1);
    assertThat(terminal("list", "--json", "--limit", "1").done().out().lines()).hasSize(1);
    assertThat(terminal("delete", who.serial()).done().out()).isEqualTo("deleted");
    terminal("show", who.serial()).refused("404 terminal-unknown");
  }

  // Verifies that a terminal is asked, that its answer is printed, and what it has reported.
  @Test
  void asksTerminals() throws Exception {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
    Path key = Files.writeString(directory.resolve("key"), app.key());
    try (PeerTerminal peer = gateway.terminal(who).login()) {
      var answering = CompletableFuture.runAsync(() -> {
        PeerFrame asked =
            PeerCommands.expect(peer, PeerCommands.CONFIG_GET, PeerCommands.pairs(0x3007));
        PeerCommands.ack(
            peer, asked, PeerBytes.bytes().u8(0).tlv(0x3007, (byte) 17).toArray());
      });
      CliRun read = terminal(
          "command", who.serial(), "read", "3007", "--wait=30", "--json", "--key-file=" + key);
      answering.join();
      assertThat(read.done().json().path("state").asText()).isEqualTo("succeeded");
      peer.data(APP, "hello".getBytes(StandardCharsets.US_ASCII));
      CliRun events = terminal("events", who.serial(), "--types", "m2m.data.up").done();
      assertThat(events.out())
          .hasLineCount(1)
          .contains(who.serial(), "5 bytes 68656c6c6f \"hello\"");
      assertThat(terminal("events", who.serial(), "--json", "--limit", "2")
              .done()
              .out()
              .lines())
          .hasSize(2);
      assertThat(terminal("alarms", who.serial()).done().out()).hasLineCount(1);
      assertThat(terminal("parameters", who.serial()).done().out()).contains("PARAMETER");
    }
  }

  // Verifies that what a terminal that is away is asked waits for it, or is refused.
  @Test
  void asksWhoIsAway() {
    String serial = gateway.api().createTerminal(Identity.fresh(), APP).serial();
    terminal("command", serial, "control", "reboot", "--mode=immediate", "--expires-in=PT1H")
        .refused("409 terminal-");
    CliRun queued = terminal("command", serial, "control", "reboot", "--wait=1");
    assertThat(queued.exit()).isEqualTo(Main.FAILED);
    assertThat(queued.out()).startsWith("queued");
    assertThat(terminal("parameters", serial, "heartbeat-interval=61").done().out())
        .contains("heartbeat-interval", "61", "pending");
    terminal("parameters", serial, "heartbeat-interval:=null").done();
  }

  // Verifies that what cannot be is said: by words and by the exit code, also where no gateway is.
  @Test
  void saysWhatIsWrong() throws Exception {
    assertThat(CliRun.of("app").exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(CliRun.of("app", "key").exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(CliRun.of("terminal").exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(CliRun.of("events").exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(terminal("command", "X", "control").exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(terminal("command", "X", "sim", "pin1").err()).contains("NAME=VALUE");
    assertThat(app("update", "X", "--set", "relay:={").exit()).isEqualTo(Main.BAD_SETTINGS);
    app("create", "bad code").refused("422", "/appCode");
    Path nothing = directory.resolve("nothing");
    CliRun none = CliRun.of("app", "list", "--data-dir", nothing.toString());
    assertThat(none.exit()).isEqualTo(Main.UNREACHABLE);
    assertThat(none.err()).contains("no running gateway");
    CliRun closed = app("list", "--url", "http://127.0.0.1:1");
    assertThat(closed.exit()).isEqualTo(Main.UNREACHABLE);
    assertThat(closed.err()).contains("no answer from http://127.0.0.1:1");
    assertThat(app("update", "X", "--name", "Y", "--url", "http://127.0.0.1:1").exit())
        .isEqualTo(Main.UNREACHABLE);
    Path wrong = Files.writeString(directory.resolve("wrong"), "wrong");
    app("list", "--key-file", wrong.toString()).refused("401 unauthenticated");
  }

  // Verifies that a stream that cannot be had is refused at once.
  @Test
  void refusesToTail() {
    CliRun.of(gateway, "events", "tail").refused("422", "app", "an appCode");
    CliRun.of(gateway, "events", "tail", "--app", "NOSUCH").refused("404 application-unknown");
    CliRun.of(gateway, "events", "tail", "--app", APP, "--after", "999999").refused("422", "0..");
    CliRun both =
        CliRun.of(gateway, "events", "tail", "--app", APP, "--after", "1", "--consumer", "x");
    assertThat(both.exit()).isEqualTo(Main.BAD_SETTINGS);
    assertThat(CliRun.of(gateway, "events", "tail", "--count", "0").exit())
        .isEqualTo(Main.BAD_SETTINGS);
    CliRun none =
        CliRun.of("events", "tail", "--data-dir", directory.resolve("nothing").toString());
    assertThat(none.exit()).isEqualTo(Main.UNREACHABLE);
  }
}
