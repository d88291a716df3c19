package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.refusal;
import static io.m2mgate.peer.ReconcilingOperator.BASE;
import static io.m2mgate.peer.ReconcilingOperator.counts;
import static io.m2mgate.peer.ReconcilingOperator.reason;
import static io.m2mgate.peer.ReconcilingOperator.terminals;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.ReconcilingOperator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is desired of many terminals, asked for at once by an operator: with a rate, a cap, and over a kill (5.3.9). */
class ReconciliationIT {
  private static final String BEAT = "{\"heartbeat-interval\":60}";
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final byte[] SET_60 =
      bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray();
  private static final Duration QUIET = Duration.ofSeconds(2);

  private static GatewayProcess gateway;
  private static int applications;

  private String app;
  private Api application;
  private ReconcilingOperator operator;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("parameters.sends=2");
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  @BeforeEach
  void application() {
    app = "RC%02d".formatted(++applications);
    application = gateway.api().createApplication(app);
    operator = new ReconcilingOperator(gateway, app);
  }

  private Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), app);
  }

  private void patch(Identity who, String query, String body) {
    Api.Full answer = application.full(
        "PATCH",
        "/v1/terminals/" + who.serial() + "/parameters" + query,
        body.getBytes(StandardCharsets.UTF_8),
        "If-Match",
        "*");
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(202);
  }

  private JsonNode commands(String query) {
    return application
        .get("/v1/commands?type=configure&limit=1000" + query)
        .json()
        .path("items");
  }

  private void awaitRefusals(int refusals) {
    Await.until(
        refusals + " refusals",
        Await.PATIENCE,
        () -> commands("&state=rejected").size() == refusals);
  }

  /** A terminal in its session, whose application wants something of it that it has refused. */
  private PeerTerminal refusing(Identity who) {
    patch(who, "", BEAT);
    PeerTerminal terminal = gateway.terminal(who).login();
    refuses(terminal);
    return terminal;
  }

  private static void refuses(PeerTerminal terminal) {
    ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), refusal(1, 0x0011));
  }

  private static void takes(PeerTerminal terminal) {
    PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
    ack(terminal, set, 0);
    terminal.trap(executed(0, set.sequence(), BEAT_60));
  }

  private static void leaves(PeerTerminal terminal) {
    terminal.logout(0);
    terminal.close();
  }

  // Verifies that a fleet, some of it away, gets what is desired in the order of serials and no
  // faster than the rate lets, over a kill in the middle, nobody being asked twice.
  @ParameterizedTest
  @CsvSource("8, 2, 4")
  void bringsAFleetToIt(int online, int away, int rate) {
    fleet(online, away, rate);
  }

  // The same with a fleet of fifty.
  @Test
  @Tag("long")
  void bringsALargerFleetToIt() {
    fleet(38, 12, 8);
  }

  private void fleet(int online, int away, int rate) {
    List<PeerTerminal> there =
        IntStream.range(0, online).mapToObj(i -> refusing(provisioned())).toList();
    List<Identity> gone = IntStream.range(0, away).mapToObj(i -> provisioned()).toList();
    gone.forEach(who -> leaves(refusing(who)));
    Identity content = provisioned();
    patch(content, "", BEAT);
    try (PeerTerminal terminal = gateway.terminal(content).login()) {
      takes(terminal);
    }
    awaitRefusals(online + away);

    String id = operator.start(operator.wish().put("ratePerSecond", rate));
    takesOverAKill(there);
    JsonNode record = operator.awaitCounts(id, "waiting " + away + ", confirmed " + online);
    assertThat(reason(record, gone.get(0))).contains("next login");
    assertThat(terminals(record)).doesNotContainKey(content.serial());
    try (PeerTerminal back = gateway.terminal(gone.get(0)).login()) {
      takes(back);
      record = operator.awaitCounts(id, "waiting " + (away - 1) + ", confirmed " + (online + 1));
    }
    assertThat(record.path("examined").asInt()).isEqualTo(online + away + 1);
    assertThat(commands("")).as("two of who was asked, else one").hasSize(2 * online + away + 2);
    assertPaced(there, terminals(record), rate);
    there.forEach(PeerTerminal::close);

    assertThat(record.path("state").asText()).isEqualTo("running");
    assertThat(operator.cancel(id).json().path("state").asText()).isEqualTo("cancelled");
    assertThat(operator.cancel(id).status()).isEqualTo(409);
    assertThat(gateway.api().get("/v1/admin/audit?limit=100").body())
        .contains("reconciliation.start", "reconciliation.cancel", id);
  }

  private void takesOverAKill(List<PeerTerminal> there) {
    int half = there.size() / 2;
    there.subList(0, half).forEach(ReconciliationIT::takes);
    Await.until(
        "half of the fleet", Await.PATIENCE, () -> commands("&state=succeeded").size() == half + 1);
    gateway.kill().restart();
    there.forEach(one -> one.reconnect().trap(new byte[0]));
    there.subList(half, there.size()).forEach(ReconciliationIT::takes);
  }

  /** In the order of serials: so many later, at least a second later. */
  private void assertPaced(List<PeerTerminal> there, Map<String, JsonNode> terminals, int rate) {
    List<JsonNode> asked = there.stream()
        .map(one -> terminals.get(one.who().serial()).path("command").asText())
        .map(command -> application.get("/v1/commands/" + command).json())
        .toList();
    assertThat(asked).allMatch(one -> one.path("origin").asText().equals("platform"));
    List<Instant> times = asked.stream()
        .map(one -> Instant.parse(one.at("/times/created").asText()))
        .toList();
    assertThat(times).isSorted();
    for (int i = rate; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - rate), times.get(i)))
          .as("terminal %s after %s", i, i - rate)
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  // Verifies that a dry run says what would happen and does nothing.
  @Test
  void saysWhatItWouldDo() {
    Identity who = provisioned();
    Identity far = provisioned();
    Identity queued = provisioned();
    Identity disabled = provisioned();
    patch(far, "?confirm=reachability", "{\"platform-url\":\"m2m.example.net\"}");
    patch(queued, "", BEAT);
    patch(disabled, "", BEAT);
    try (PeerTerminal terminal = refusing(who);
        PeerTerminal cautious = gateway.terminal(far).login()) {
      ack(cautious, cautious.readVerified(), refusal(1, 0x0008));
      awaitRefusals(2);
      ObjectNode off = Api.JSON.createObjectNode().put("enabled", false);
      gateway.api().call("PATCH", "/v1/admin/terminals/" + disabled.serial(), off);

      String id = operator.start(operator.wish().put("dryRun", true));
      JsonNode record = operator.awaitFinished(id);
      assertThat(counts(record)).isEqualTo("waiting 1, skipped 3");
      assertThat(reason(record, who)).isEqualTo("would be asked");
      assertThat(terminals(record).get(who.serial()).path("parameters").toString())
          .isEqualTo("[\"heartbeat-interval\"]");
      assertThat(reason(record, far)).contains("unreachable");
      assertThat(reason(record, queued)).contains("on its way already");
      assertThat(reason(record, disabled)).contains("disabled");
      assertThat(commands("")).as("commands of patches").hasSize(4);
      assertThat(terminal.link().read(QUIET)).as("asked").isEmpty();
      assertThat(cautious.link().read(Duration.ofMillis(1))).as("asked").isEmpty();
    }
  }

  // Verifies that no more terminals are taken on than the cap lets, whatever comes of them.
  @Test
  void keepsToItsCap() {
    List<PeerTerminal> there =
        IntStream.range(0, 3).mapToObj(i -> refusing(provisioned())).toList();
    awaitRefusals(3);
    String id = operator.start(operator.wish().put("cap", 2));
    takes(there.get(0));
    refuses(there.get(1));
    JsonNode record = operator.awaitFinished(id);
    assertThat(counts(record)).isEqualTo("confirmed 1, drift 1");
    assertThat(record.path("capped").asBoolean()).isTrue();
    assertThat(record.path("reason").asText()).contains("cap");
    assertThat(reason(record, there.get(1).who())).contains("rejected");
    assertThat(there.get(2).link().read(QUIET)).as("beyond the cap").isEmpty();
    assertThat(commands("")).hasSize(5);
    there.forEach(PeerTerminal::close);
  }

  // Verifies that what was sent as often as it may be is sent once more where that is asked for,
  // now or at the next login, and only of the terminals that are named.
  @Test
  void overridesOnce() {
    Identity who = provisioned();
    Identity away = provisioned();
    List.of(who, away).forEach(one -> leaves(refusing(one)));
    awaitRefusals(2);
    PeerTerminal there = gateway.terminal(who).login();
    refuses(there);
    try (PeerTerminal terminal = gateway.terminal(away).login()) {
      refuses(terminal);
      awaitRefusals(4);
      terminal.logout(0);
    }
    JsonNode without = operator.awaitFinished(operator.start(operator.wish()));
    assertThat(counts(without)).isEqualTo("skipped 2");
    assertThat(reason(without, who)).contains("sent 2 times");

    ObjectNode wish = operator.wish().put("overrideAttempts", true);
    List.of(who.serial(), away.serial(), "NOBODY0000000000")
        .forEach(wish.withObject("/filter").withArray("serials")::add);
    String id = operator.start(wish);
    refuses(there);
    JsonNode record = operator.awaitCounts(id, "waiting 1, drift 1, skipped 1");
    assertThat(terminals(record).get("NOBODY0000000000").path("reason").asText())
        .contains("no such terminal");
    assertThat(there.link().read(QUIET)).as("sent a fourth time").isEmpty();
    there.close();
    try (PeerTerminal back = gateway.terminal(away).login()) {
      takes(back);
      assertThat(counts(operator.awaitFinished(id))).isEqualTo("confirmed 1, drift 1, skipped 1");
    }
    assertThat(gateway.api().metric("m2mgate_reconciled_terminals_total", "state=\"drift\""))
        .isPositive();
    assertThat(gateway.api().get("/v1/admin/audit?limit=100").body())
        .contains("reconciliation.finish");
  }

  // Verifies that what cannot be is refused with its place.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 422 | /filter",
        "{\"filter\":{}} | 422 | /filter/app",
        "{\"filter\":{\"app\":\"NOBODY\"}} | 404 | ",
        "{\"filter\":{\"app\":\"X\",\"model\":\"M\"}} | 422 | /filter/model",
        "{\"filter\":{\"app\":\"X\",\"state\":\"dreaming\"}} | 422 | /filter/state",
        "{\"filter\":{\"app\":\"X\",\"profile\":\"none\"}} | 422 | /filter/profile",
        "{\"filter\":{\"app\":\"X\",\"serials\":[]}} | 422 | /filter/serials",
        "{\"filter\":{\"app\":\"X\",\"serials\":[\"short\"]}} | 422 | /filter/serials",
        "{\"filter\":{\"app\":\"X\"},\"ratePerSecond\":101} | 422 | /ratePerSecond",
        "{\"filter\":{\"app\":\"X\"},\"ratePerSecond\":0} | 422 | /ratePerSecond",
        "{\"filter\":{\"app\":\"X\"},\"cap\":100001} | 422 | /cap",
        "{\"filter\":{\"app\":\"X\"},\"dryRun\":\"yes\"} | 422 | /dryRun",
      })
  void refusesWhatCannotBe(String body, int status, String pointer) throws Exception {
    Api.Answer answer = operator.ask(Api.JSON.readTree(body));
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    if (pointer != null) {
      assertThat(answer.json().path("errors").findValuesAsText("pointer")).contains(pointer);
    }
  }

  // Verifies that an application's key opens nothing of it, and that so many may be open.
  @Test
  void keepsOthersOutAndTheirNumberSmall() {
    assertThat(application.call("POST", BASE, operator.wish()).status()).isEqualTo(403);
    assertThat(application.get(BASE).status()).isEqualTo(403);
    assertThat(gateway.api().get(BASE + "/01J").status()).isEqualTo(404);
    assertThat(gateway.api().get(BASE + "?cursor=x").status()).isEqualTo(400);
    leaves(refusing(provisioned()));
    awaitRefusals(1);
    Set<String> open = new HashSet<>();
    Api.Answer answer = operator.ask(operator.wish());
    while (answer.status() == 202 && open.size() < 9) {
      open.add(answer.json().path("id").asText());
      answer = operator.ask(operator.wish());
    }
    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    assertThat(open).hasSizeLessThanOrEqualTo(4);
    JsonNode listed = gateway.api().get(BASE).json().path("items");
    assertThat(listed.findValuesAsText("id")).containsAll(open);
    open.forEach(operator::cancel);
  }
}
