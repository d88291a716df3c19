package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerUpgrades;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code m2mgate upgrade} as a person and as a script use it. */
class UpgradeCommandIT {
  private static final String APP = "EC01";

  private static GatewayProcess gateway;
  private static PeerUpgrades upgrades;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("packages.maxBytes=3000000");
    upgrades = new PeerUpgrades(gateway.api().createApplication(APP));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static CliRun run(String... arguments) {
    return CliRun.of(gateway, "upgrade", arguments);
  }

  private Path file(int size) throws Exception {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return Files.write(directory.resolve("firmware-" + size + ".bin"), content);
  }

  // Verifies the way of one terminal from the file to the removal of the campaign.
  @Test
  void rollsOut() throws Exception {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
    Identity away = gateway.api().createTerminal(Identity.fresh(), APP);
    String its = run(
            "upload",
            file(2_000_000).toString(),
            "meter",
            "v2.1",
            "--version-description=2.1",
            "--app=" + APP)
        .done()
        .out();
    assertThat(run("packages", "--app", APP).done().out()).contains(its, "meter", "2000000");
    String both = who.serial() + "," + away.serial();
    CliRun dry = run("start", its, "--terminals", both, "--group", "50:100:5", "--dry-run")
        .done();
    assertThat(dry.out()).contains("2 terminals would be", "group 1: 1", "group 2: 1");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = run(
              "start",
              its,
              "--terminals",
              both,
              "--name",
              "night",
              "--window",
              "00:00-00:00",
              "--retries",
              "0",
              "--offer-for",
              "P1D")
          .done()
          .out();
      PeerUpgrades.answer(terminal, PeerUpgrades.TAKEN);
      upgrades.await(id, who, "notified");
      // THEN it is shown, to people and to programs
      assertThat(run("show", id).done().out())
          .contains("night: running", "1 notified", "1 waiting", "group 1, ");
      assertThat(run("show", id, "--terminals", "--state", "waiting").done().out())
          .contains(away.serial(), "never heard")
          .doesNotContain(who.serial());
      assertThat(run("show", id, "--terminals", "--json").done().out().lines()).hasSize(3);
      assertThat(run("list", "--state", "running", "--app", APP).done().out()).contains(id);
      assertThat(run("pause", id).done().out()).isEqualTo("paused");
      assertThat(run("resume", id, "--json").done().json().path("state").asText())
          .isEqualTo("running");
      CliRun early = run("delete", id);
      assertThat(early.exit()).isEqualTo(1);
      assertThat(early.err()).contains("409 upgrade-state", "cancel it first");
      run("cancel", id).done();
      upgrades.await(id, "cancelled");
      run("delete", id).done();
      assertThat(run("show", id).err()).contains("404 upgrade-unknown");
    }
  }

  // Verifies that terminals can be named by a file and by a filter, with all of the rules.
  @Test
  void takesAllRules() throws Exception {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
    String its = run(
            "upload", file(10).toString(), "rules", "1.0", "--app", APP, "--notes", "a b&c")
        .done()
        .out();
    Path serials = Files.writeString(directory.resolve("serials"), who.serial() + "\n\n");
    CliRun made = run(
            "start",
            its,
            "--terminals-file=" + serials,
            "--success-threshold=70",
            "--error-threshold=7",
            "--start-at=2999-01-01T00:00:00Z",
            "--end-at=2999-02-01T00:00:00Z",
            "--window=23:30-04:00@sat,sun",
            "--zone=Asia/Shanghai",
            "--concurrency=3",
            "--retries=1",
            "--retry-after=PT5M",
            "--json")
        .done();
    JsonNode rules = made.json().path("rules");
    assertThat(rules.path("groups").path(0).path("errorThreshold").asInt()).isEqualTo(7);
    assertThat(rules.path("windows").path(0).path("days")).hasSize(2);
    assertThat(rules.path("retryAfter").asText()).isEqualTo("PT5M");
    assertThat(rules.path("concurrency").asInt()).isEqualTo(3);
    String prefix = who.serial();
    CliRun filtered = run("start", its, "--q", prefix, "--profile", "wmmp-3", "--dry-run", "--json")
        .done();
    assertThat(filtered.json().path("terminals").asInt()).isEqualTo(1);
    assertThat(run("start", its, "--all", "--dry-run").done().out()).contains("would be");
    CliRun disabled =
        run("start", its, "--enabled", "false", "--dry-run", "--json").done();
    assertThat(disabled.json().path("terminals").asInt()).isZero();
  }

  // Verifies that what is wrong is said, by exit code and in words.
  @Test
  void saysWhatIsWrong() throws Exception {
    assertThat(run().exit()).isEqualTo(2);
    assertThat(run("start", "X", "--group", "half", "--all").exit()).isEqualTo(2);
    assertThat(run("start", "X").err()).contains("say which terminals");
    assertThat(run("show", "X", "--state", "failed").exit()).isEqualTo(2);
    CliRun unknown = run("start", "X", "--all", "--zone", "Mars/Olympus");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).contains("422", "/package", "/zone", "valid: a zone");
    assertThat(run("upload", file(5).toString(), "app", "1.0").err())
        .contains("| app: ", "an appCode");
    CliRun large = run("upload", file(3_000_001).toString(), "large", "1.0", "--app", APP);
    assertThat(large.exit()).isEqualTo(1);
    assertThat(large.err()).contains("413 payload-too-large");
    for (String command : List.of("upload", "packages", "start", "list", "show", "pause")) {
      assertThat(run(command, "--help").out()).contains("Example", "m2mgate upgrade " + command);
    }
  }
}
