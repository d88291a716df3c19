package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.PeerTerminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code m2mgate rekey} as an operator runs it, on a store that a gateway has filled. */
@Execution(ExecutionMode.CONCURRENT)
class RekeyIT {
  private static final String APP = "EC01";
  private static final int FLEET = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FAILED = 1;

  @TempDir
  private Path elsewhere;

  private GatewayProcess gateway;
  private final List<Identity> fleet = new ArrayList<>();

  @BeforeEach
  void fill() {
    gateway = GatewayProcess.start();
    Api admin = gateway.api();
    admin.createApplication(APP);
    for (int i = 0; i < FLEET; i++) {
      fleet.add(admin.createTerminal(Identity.fresh(), APP));
    }
    try (PeerTerminal terminal = gateway.terminal(fleet.get(0))) {
      terminal.login();
    }
  }

  @AfterEach
  void stop() {
    gateway.closeClean();
  }

  private JavaProcess rekey(String... options) {
    var arguments = new ArrayList<String>(List.of("rekey", "--set", "data.dir=" + data()));
    arguments.addAll(List.of(options));
    return JavaProcess.start(elsewhere, arguments);
  }

  private Path data() {
    return gateway.dataDir();
  }

  private String key() throws IOException {
    return Files.readString(data().resolve("master.key"));
  }

  private void allLogIn() {
    for (Identity who : fleet) {
      try (PeerTerminal terminal = gateway.terminal(who)) {
        terminal.login();
      }
    }
  }

  // Verifies that a store goes to a new key, that its terminals notice nothing, and that no key is
  // printed.
  @Test
  void changesTheKey() throws IOException {
    String before = key();
    assertThat(gateway.terminate()).isZero();
    Path kept = elsewhere.resolve("old.key");
    JavaProcess run = rekey("--keep-old", kept.toString());
    assertThat(run.awaitExit(PATIENCE)).as("%s", run.output()).isZero();

    assertThat(key()).isNotEqualTo(before);
    assertThat(Files.readString(kept)).isEqualTo(before);
    for (Path file : List.of(data().resolve("master.key"), kept)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    assertThat(data().resolve("master.key.new")).doesNotExist();
    assertThat(String.join("\n", run.output()))
        .contains(2 * FLEET + " under the old key")
        .doesNotContain(before.strip(), key().strip());
    gateway.restart();
    allLogIn();
  }

  // Verifies that nothing is changed while a gateway runs, and that the gateway does not mind.
  @Test
  void refusesWhileAGatewayRuns() throws IOException {
    String before = key();
    JavaProcess run = rekey();
    assertThat(run.awaitExit(PATIENCE)).isEqualTo(FAILED);
    assertThat(String.join("\n", run.stderr())).contains("in use");
    assertThat(key()).isEqualTo(before);
    assertThat(data().resolve("master.key.new")).doesNotExist();
    allLogIn();
    gateway.terminate();
  }

  // Verifies that a dry run counts everything and changes nothing.
  @Test
  void looksOnly() throws IOException {
    String before = key();
    assertThat(gateway.terminate()).isZero();
    JavaProcess run = rekey("--dry-run");
    assertThat(run.awaitExit(PATIENCE)).isZero();
    assertThat(String.join("\n", run.stdout()))
        .contains(2 * FLEET + " under the old key", "0 under neither", "nothing was changed");
    assertThat(key()).isEqualTo(before);
    gateway.restart();
    allLogIn();
  }

  // Verifies that a run killed in its middle keeps gateways from starting, that the next one goes
  // on
  // with the same key, and that all terminals log in afterwards.
  @Test
  void goesOnAfterAKill() throws IOException {
    assertThat(gateway.terminate()).isZero();
    Path given = Files.writeString(
        elsewhere.resolve("given.key"), Base64.getEncoder().encodeToString(new byte[32]));
    JavaProcess run = rekey("--new-key-file", given.toString(), "--batch", "1");
    run.awaitLine("credential: 5 rows", PATIENCE);
    run.kill();
    assertThat(data().resolve("master.key.new")).exists();

    JavaProcess refused =
        JavaProcess.start(elsewhere, List.of("run", "--set", "data.dir=" + data()));
    assertThat(refused.awaitExit(PATIENCE)).isEqualTo(FAILED);
    assertThat(String.join("\n", refused.stderr())).contains("m2mgate rekey was broken off");

    JavaProcess again = rekey();
    assertThat(again.awaitExit(PATIENCE)).as("%s", again.output()).isZero();
    assertThat(again.stdout().get(0)).contains("broken off");
    assertThat(again.stdout().get(1)).doesNotContain(" 0 under the new");
    assertThat(key().strip()).isEqualTo(Files.readString(given).strip());
    assertThat(data().resolve("master.key.new")).doesNotExist();
    gateway.restart();
    allLogIn();
  }
}
