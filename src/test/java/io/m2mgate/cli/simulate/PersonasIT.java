package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.cli.simulate.FieldOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands to fleets whose terminals are as odd as those in the field. */
class PersonasIT {
  private static final int REPEAT_SECONDS = 2;
  private static final String QUICK = "quick";
  private static final AskedKind[] EVERY_KIND = AskedKind.values();

  private static GatewayProcess gateway;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2", "exchange.queueLength=16");
    gateway
        .api()
        .createProfile(
            QUICK,
            profile -> profile
                .withObject("exchange")
                .put("timeoutSeconds", REPEAT_SECONDS)
                .put("gapMillis", 50));
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    gateway.closeClean();
  }

  private static FleetOptions fleet(String app, int terminals) {
    return FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withApp(app)
        .withTerminals(terminals)
        .withConnectionsPerSecond(2_000)
        .withPersona(
            new FleetOptions.Persona(Retry.MIXED, Duration.ofSeconds(1), 3, Duration.ofSeconds(10)))
        .withLoad(new Load(Mode.TRAP, terminals * 0.1, Duration.ZERO, 0, 1, 1));
  }

  /** The gateway knows them before the run does, with its short waits. */
  private static void provision(FleetOptions options) {
    provision(gateway, options, QUICK);
  }

  static void provision(GatewayProcess gateway, FleetOptions options, String profile) {
    gateway.api().createApplication(options.app());
    for (int i = 0; i < options.terminals(); i++) {
      SimulatedIdentity who = SimulatedIdentity.of(options.seed(), options.app(), i);
      Api.Answer answer = gateway
          .api()
          .call(
              "POST",
              "/v1/admin/terminals",
              Api.JSON
                  .createObjectNode()
                  .put("serial", who.serial())
                  .put("imei", who.imei())
                  .put("imsi", who.imsi())
                  .put("app", options.app())
                  .put("uplinkPassword", who.uplinkPassword())
                  .put("downlinkPassword", who.downlinkPassword())
                  .put("profile", profile));
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }
  }

  private static FleetReport run(FleetOptions options) throws Exception {
    provision(options);
    return Fleet.start(vertx, options, 2)
        .report()
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.MINUTES);
  }

  private static List<JsonNode> commands(FleetOptions options, int terminal, String type) {
    String serial =
        SimulatedIdentity.of(options.seed(), options.app(), terminal).serial();
    JsonNode page = gateway
        .api()
        .get("/v1/terminals/" + serial + "/commands?limit=100&type=" + type)
        .json();
    return StreamSupport.stream(page.path("items").spliterator(), false)
        .filter(command -> command.path("origin").asText().equals("admin"))
        .toList();
  }

  private static long millis(JsonNode command, String from, String to) {
    return Duration.between(
            Instant.parse(command.at("/times/" + from).asText()),
            Instant.parse(command.at("/times/" + to).asText()))
        .toMillis();
  }

  // Verifies that every kind of terminal answers every kind of command as it is made to, and that
  // the platform brings
  // every command to its end with all of them; that of a terminal that is there, to a good one.
  @Test
  void bringsEveryCommandToItsEnd() throws Exception {
    // Those that go by several addresses or sleep are in DatagramFleetIT.
    Quirk[] quirks = EnumSet.complementOf(EnumSet.of(Quirk.REBINDS, Quirk.SWITCHES, Quirk.SHORT))
        .toArray(Quirk[]::new);
    int each = 2;
    FieldOptions field = FieldOptions.NONE
        .with(Stream.of(quirks)
            .map(quirk -> new Persona(EnumSet.of(quirk), 1.0 / quirks.length))
            .toArray(Persona[]::new))
        .losing(0.1)
        .reconnecting(Duration.ofSeconds(2))
        .reporting(Duration.ofSeconds(5))
        .syncing();
    FleetOptions options = fleet("EVERYKIND", each * quirks.length)
        .withField(field)
        .withCommands(CommandOptions.NONE
            .each(EVERY_KIND.length, EVERY_KIND)
            .queueForDead(2)
            .atRate(40)
            .expiring(Duration.ofSeconds(12)));

    FleetReport report = run(options);

    CommandReport found = report.commands().orElseThrow();
    assertThat(report.clean()).as("%s", report).isTrue();
    assertThat(found.asked()).isEqualTo(each * (quirks.length - 1L) * EVERY_KIND.length + 2 * each);
    assertThat(found.parted()).isPositive();
    assertThat(report.reconnects()).isPositive();
    for (int terminal = 0; terminal < each * quirks.length; terminal++) {
      check(options, quirks[terminal / each], terminal);
    }
  }

  private static void check(FleetOptions options, Quirk quirk, int terminal) {
    JsonNode data = commands(options, terminal, "data").get(0);
    if (quirk == Quirk.DEAD) {
      assertThat(data.path("state").asText()).isIn("timedOut", "expired");
      return;
    }
    List<JsonNode> configured = commands(options, terminal, "configure");
    List<JsonNode> read = commands(options, terminal, "read");
    assertThat(configured).hasSize(2);
    assertThat(read).hasSize(2);
    switch (quirk) {
      case SLOW -> assertThat(millis(read.get(0), "sent", "acked")).isGreaterThanOrEqualTo(1_000);
      case SHORT_4017 ->
        assertThat(configured).noneMatch(it -> it.path("result").has("crcOk"));
      case ONE_AT_A_TIME ->
        assertThat(configured).anyMatch(it -> it.at("/result/crcOk").asBoolean());
      case REFUSES_DATA -> assertThat(data.at("/result/code").asInt()).isEqualTo(5);
      case SEGMENTS_900 ->
        assertThat(read).anyMatch(it -> it.at("/result/values").size() > 50);
      default -> assertThat(data.path("state").asText()).isNotEqualTo("queued");
    }
  }

  private static FleetReport lossyFleet(
      String app, int terminals, int rate, Duration expiry, Duration reconnects) throws Exception {
    return run(fleet(app, terminals)
        .withField(FieldOptions.NONE
            .with(Persona.everybody(Quirk.LOSSY, Quirk.RECONNECTS, Quirk.SAME_SEQUENCE_DROPS))
            .losing(0.01)
            .reconnecting(reconnects)
            .syncing())
        .withCommands(CommandOptions.NONE.each(3).atRate(rate).expiring(expiry)));
  }

  private static void assertKept(FleetReport report, long asked) {
    CommandReport found = report.commands().orElseThrow();
    assertThat(report.clean()).as("%s", report).isTrue();
    assertThat(found.asked()).isEqualTo(asked);
    assertThat(report.reconnects()).isPositive();
    assertThat(report.repeated()).isPositive();
    assertThat(found.ends().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(asked);
  }

  // Verifies that lost frames and connections cost no command its end, and make no terminal that
  // drops repeats do one twice.
  @Test
  void survivesLossAndReconnects() throws Exception {
    assertKept(
        lossyFleet("LOSSY200", 200, 200, Duration.ofSeconds(8), Duration.ofSeconds(10)), 600);
  }

  // Verifies the same of ten thousand terminals.
  @Test
  @Tag("long")
  void servesTenThousand() throws Exception {
    FleetReport report =
        lossyFleet("LOSSY10K", 10_000, 250, Duration.ofMinutes(2), Duration.ofMinutes(2));
    System.out.println(ReportText.text(report));
    assertKept(report, 30_000);
  }

  // Verifies, by rounds that take turns within one run, that the full queues of two hundred and
  // fifty
  // dead terminals cost the others nothing.
  @Test
  @Tag("long")
  void letsTheDeadWaitAlone() throws Exception {
    FleetReport report = run(fleet("DEAD100", 500)
        .withField(FieldOptions.NONE.with(new Persona(EnumSet.of(Quirk.DEAD), 0.2)))
        .withCommands(CommandOptions.NONE
            .each(5, AskedKind.DATA)
            .atRate(200)
            .expiring(Duration.ofSeconds(150))
            .comparing()));
    System.out.println(ReportText.text(report));
    CommandReport found = report.commands().orElseThrow();
    assertThat(report.clean()).as("%s", report).isTrue();
    assertThat(found.queuedForDead()).isEqualTo(100 * 100);
    assertThat(found.medians()).hasSize(4);
    assertThat(found.medianRatio()).isBetween(0.1, 1.5);
    assertThat(Optional.ofNullable(found.ends().get("succeeded"))).contains(400L * 5);
  }
}
