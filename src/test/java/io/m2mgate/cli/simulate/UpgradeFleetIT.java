package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.cli.simulate.FieldOptions.Persona;
import io.m2mgate.cli.simulate.Fleet.Phase;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.PeerUpgrades;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Upgrades of many terminals at once, of which some are odd, while others go on. */
class UpgradeFleetIT {
  private static final String QUICK = "quick";
  private static final Duration SHORTLY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LONG = Duration.ofMinutes(15);

  private static GatewayProcess gateway;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2", "upgrades.installSeconds=6");
    gateway
        .api()
        .createProfile(
            QUICK,
            profile ->
                profile.withObject("exchange").put("timeoutSeconds", 2).put("gapMillis", 50));
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    gateway.closeClean();
  }

  private static FleetOptions fleet(String app, int terminals, Duration timeout) {
    return fleet(gateway, app, terminals, timeout);
  }

  private static FleetOptions fleet(
      GatewayProcess gateway, String app, int terminals, Duration timeout) {
    return FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withApp(app)
        .withTerminals(terminals)
        .withConnectionsPerSecond(1_000)
        .withPersona(new FleetOptions.Persona(Retry.MIXED, timeout, 3, Duration.ofSeconds(30)))
        .withLoad(new Load(Mode.DATA, terminals * 0.2, Duration.ZERO, 0, 64, 1));
  }

  private static FleetReport end(Fleet fleet) throws Exception {
    return fleet
        .report()
        .toCompletionStage()
        .toCompletableFuture()
        .get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private static RolloutReport clean(FleetReport report) {
    assertThat(report.clean()).as(ReportText.text(report)).isTrue();
    return report.rollout().orElseThrow();
  }

  // Verifies that every terminal has the file, byte for byte, though some lose frames, connections
  // and sessions, or ask for blocks as nobody expects, and that readings go on beside it.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void everybodyHasIt() throws Exception {
    FleetOptions options = fleet("UPALL", 100, Duration.ofSeconds(1))
        .withField(FieldOptions.NONE
            .with(
                new Persona(EnumSet.of(Quirk.LOSSY, Quirk.RECONNECTS), 0.3),
                new Persona(EnumSet.of(Quirk.REBOOTS_MID_DOWNLOAD), 0.2),
                new Persona(EnumSet.of(Quirk.ODD_SIZES), 0.2),
                new Persona(EnumSet.of(Quirk.FOREIGN_SEQUENCE), 0.1))
            .reconnecting(Duration.ofSeconds(3)))
        .withRollout(RolloutOptions.NONE
            .uploading(100_003)
            .telling(0.9)
            .timed(SHORTLY, Duration.ofMinutes(2))
            .fetching(800, SHORTLY));
    PersonasIT.provision(gateway, options, QUICK);
    RolloutReport found = clean(end(Fleet.start(vertx, options, 2)));
    assertThat(found.whole()).isEqualTo(90);
    assertThat(found.reboots()).isEqualTo(20);
    assertThat(found.refused()).isEmpty();
    assertThat(found.beside().count()).isPositive();
  }

  // Verifies that a kill of the gateway costs no terminal a byte that it had, and that nobody is
  // told
  // again who was fetching.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void goesOnAfterAKill() throws Exception {
    try (GatewayProcess killed = GatewayProcess.start("lanes=2")) {
      FleetOptions options = fleet(killed, "UPKILL", 40, Duration.ofSeconds(1))
          .withRollout(RolloutOptions.NONE
              .uploading(400_003)
              .timed(SHORTLY, Duration.ofMinutes(2))
              .fetching(800, SHORTLY));
      Fleet fleet = Fleet.start(vertx, options, 1);
      Await.until("everybody fetches", PATIENCE, () -> fetching(killed, "UPKILL") == 40);
      killed.kill().restart();
      RolloutReport found = clean(end(fleet));
      assertThat(found.announcedAgain()).isZero();
      assertThat(found.bytes()).isEqualTo(40 * 400_003L);
    }
  }

  private static int fetching(GatewayProcess gateway, String app) {
    Api.Answer open = gateway.api().get("/v1/upgrades?app=" + app);
    String id = open.json().path("items").path(0).path("id").asText();
    return id.isEmpty() ? 0 : new PeerUpgrades(gateway.api()).count(id, "downloading");
  }

  // Verifies that a campaign of which two fifths of the first group give up or lie pauses by
  // itself, says of each why, and comes to its end when it is told to go on.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void pausesAndGoesOn() throws Exception {
    pausesAndGoesOn("UPPAUSE", 100);
  }

  // Verifies the same of a larger fleet.
  @Test
  @Tag("long")
  void pausesAndGoesOnAtLarge() throws Exception {
    pausesAndGoesOn("UPPAUSEL", 1_000);
  }

  private static void pausesAndGoesOn(String app, int terminals) throws Exception {
    int tenth = terminals / 10;
    FleetOptions options = fleet(app, terminals, Duration.ofSeconds(15))
        .withField(FieldOptions.NONE.with(
            new Persona(EnumSet.of(Quirk.GIVES_UP), 0.1),
            new Persona(EnumSet.of(Quirk.LIES_ABOUT_VERSION), 0.1)))
        .withRollout(RolloutOptions.NONE.fetching(800, SHORTLY));
    Fleet fleet = Fleet.start(vertx, options, 2);
    Await.until("everybody online", PATIENCE, () -> fleet.progress().phase() == Phase.SENDING);
    PeerUpgrades upgrades = new PeerUpgrades(gateway.api());
    JsonNode its = gateway
        .api()
        .full("POST", "/v1/packages?app=" + app + "&name=p&version=3.1", new byte[20_011])
        .answer()
        .json();
    ObjectNode request =
        Api.JSON.createObjectNode().put("package", its.path("id").asText()).put("retries", 0);
    request.put("errorThreshold", 20).put("successThreshold", 50);
    request.withArray("groups").addObject().put("percent", 50);
    IntStream.range(0, terminals)
        .mapToObj(fleet::serial)
        .forEach(request.withArray("terminals")::add);
    String id = upgrades.start(request);
    JsonNode paused = awaitAny(upgrades, id, "paused");
    assertThat(paused.path("reason").asText()).contains("group 1: ", "threshold is 20 %");
    assertThat(paused.path("counts").path("waiting").asInt()).isGreaterThanOrEqualTo(5 * tenth);
    assertThat(whys(upgrades, id, "aborted")).containsOnly("the terminal gave the download up");
    // WHEN somebody lets it go on, and again where others fail later, THEN it comes to its end
    JsonNode shown = paused;
    while (shown.path("state").asText().equals("paused")) {
      assertThat(upgrades.tell(id, "resume").status()).isEqualTo(200);
      shown = awaitAny(upgrades, id, "paused", "finished");
    }
    assertThat(shown.path("counts").path("aborted").asInt()).isEqualTo(tenth);
    assertThat(shown.path("counts").path("failed").asInt()).isEqualTo(tenth);
    assertThat(shown.path("counts").path("succeeded").asInt()).isEqualTo(8 * tenth);
    assertThat(whys(upgrades, id, "failed")).containsOnly("the new version was not seen in time");
    fleet.stop();
    assertThat(end(fleet).ledger().lost()).isZero();
  }

  private static JsonNode awaitAny(PeerUpgrades upgrades, String id, String... states) {
    return Await.value(
        "any of " + List.of(states),
        PATIENCE,
        () -> Optional.of(upgrades.show(id, "?limit=1"))
            .filter(shown -> List.of(states).contains(shown.path("state").asText())));
  }

  private static List<String> whys(PeerUpgrades upgrades, String id, String state) {
    JsonNode page = upgrades.show(id, "?limit=1000&state=" + state);
    return StreamSupport.stream(page.path("terminals").spliterator(), false)
        .map(item -> item.path("why").asText())
        .toList();
  }

  // Verifies that two thousand terminals fetch a megabyte each while others exchange readings.
  @Test
  @Tag("long")
  void twoThousand() throws Exception {
    FleetOptions options = fleet("UPMANY", 2_500, Duration.ofSeconds(15))
        .withRollout(RolloutOptions.NONE
            .uploading(1_000_003)
            .telling(0.8)
            .timed(Duration.ofSeconds(10), Duration.ofMinutes(10))
            .fetching(8_192, SHORTLY));
    FleetReport report = end(Fleet.start(vertx, options, 2));
    System.out.println(ReportText.text(report));
    RolloutReport found = clean(report);
    assertThat(found.whole()).isEqualTo(2_000);
    assertThat(found.refused()).isEmpty();
    assertThat(found.before().count()).isPositive();
    assertThat(found.beside().count()).isPositive();
  }
}
