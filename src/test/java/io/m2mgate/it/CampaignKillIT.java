package io.m2mgate.it;

import static io.m2mgate.peer.PeerUpgrades.TAKEN;
import static io.m2mgate.peer.PeerUpgrades.announcement;
import static io.m2mgate.peer.PeerUpgrades.filtered;
import static io.m2mgate.peer.PeerUpgrades.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerUpgrades;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Campaigns and gateways that are killed, or come back with other settings. */
class CampaignKillIT {
  private static final String APP = "EC01";
  private static final int FLEET = 2500;
  private static final int ONLINE = 40;

  private static Api with(GatewayProcess gateway, Api app) {
    return gateway.api().as(app.key());
  }

  private static void provision(GatewayProcess gateway) {
    var lines = new StringBuilder();
    for (int i = 0; i < FLEET; i++) {
      Identity who = Identity.numbered(800_000 + i);
      lines.append(Api.terminalJson(
          new Identity(
              "KILL%012d".formatted(i), who.imei(), who.imsi(), who.uplink(), who.downlink()),
          APP,
          "wmmp-3"));
      lines.append('\n');
    }
    var answer = gateway
        .api()
        .full(
            "POST",
            "/v1/admin/terminals/import",
            lines.toString().getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/x-ndjson")
        .answer();
    assertThat(answer.body()).contains("\"created\":" + FLEET);
  }

  // Verifies that a kill while terminals are found loses and doubles none of them.
  @Test
  void findsEachOnceAcrossAKill() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      provision(gateway);
      var before = new PeerUpgrades(app);
      String id = before.start(filtered(before.upload("meter", "2.1"), "KILL"));
      gateway.kill().restart();
      var upgrades = new PeerUpgrades(with(gateway, app));
      JsonNode shown = upgrades.await(id, "running");
      assertThat(shown.path("counts").path("waiting").asInt()).isEqualTo(FLEET);
      List<String> serials = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page = upgrades.show(id, "?limit=1000" + cursor);
        page.path("terminals").forEach(item -> serials.add(item.path("serial").asText()));
        cursor =
            page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
      } while (!cursor.isEmpty());
      assertThat(serials).hasSize(FLEET).doesNotHaveDuplicates();
    }
  }

  // Verifies that each terminal is told once although the gateway was killed while it told them:
  // one
  // command, one transaction, one attempt.
  @Test
  void tellsEachOnceAcrossAKill() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      List<PeerTerminal> terminals = new ArrayList<>();
      for (int i = 0; i < ONLINE; i++) {
        Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
        terminals.add(gateway.terminal(who).login());
      }
      List<Identity> fleet = terminals.stream().map(PeerTerminal::who).toList();
      var before = new PeerUpgrades(app);
      String id = before.start(request(before.upload("meter", "2.1"), fleet));
      Map<String, Integer> told = new HashMap<>();
      PeerTerminal first = terminals.get(0);
      told.put(first.who().serial(), PeerUpgrades.transaction(announcement(first)));
      // WHEN it is killed in the middle
      gateway.kill().restart();
      Api again = with(gateway, app);
      var upgrades = new PeerUpgrades(again);
      for (PeerTerminal terminal : terminals) {
        terminal.reconnect().login();
      }
      // THEN everybody is told, under one transaction
      for (PeerTerminal terminal : terminals) {
        String serial = terminal.who().serial();
        PeerFrame asked = announcement(terminal);
        told.merge(serial, PeerUpgrades.transaction(asked), (one, other) -> {
          assertThat(other).isEqualTo(one);
          return one;
        });
        PeerCommands.ack(terminal, asked, TAKEN);
      }
      Await.until("all know", Await.PATIENCE, () -> upgrades.count(id, "notified") == ONLINE);
      for (Identity who : fleet) {
        JsonNode item = upgrades.item(id, who);
        assertThat(item.path("transaction").asInt()).isEqualTo(told.get(who.serial()));
        assertThat(item.path("attempts").asInt()).as("%s", item).isEqualTo(1);
        String commands = "/v1/terminals/" + who.serial() + "/commands?type=upgrade";
        assertThat(again.get(commands).json().path("items")).hasSize(1);
      }
      terminals.forEach(PeerTerminal::close);
    }
  }

  // Verifies that a gateway that cannot say where it is takes no campaign, and pauses one that was
  // begun under other settings instead of announcing nonsense.
  @Test
  void pausesWhereNobodyCanBeTold(@TempDir Path home) {
    String everywhere = "terminal.tcp.host=0.0.0.0";
    String plaintext = "terminal.allowPlaintext=true";
    GatewayProcess first = GatewayProcess.startIn(
        home.resolve("its"), everywhere, plaintext, "terminal.advertised.host=gw.example.net");
    Api app = first.api().createApplication(APP);
    Identity who = first.api().createTerminal(Identity.fresh(), APP);
    var before = new PeerUpgrades(app);
    JsonNode its = before.upload("meter", "2.1");
    String id = before.start(request(its, who));
    first.kill();
    try (GatewayProcess gateway =
            GatewayProcess.startIn(home.resolve("its"), everywhere, plaintext);
        PeerTerminal terminal = gateway.terminal(who).login()) {
      var upgrades = new PeerUpgrades(with(gateway, app));
      assertThat(upgrades.await(id, "paused").path("reason").asText())
          .contains("set terminal.advertised.host");
      terminal.link().expectSilence();
      Api.Answer refused = upgrades.ask(request(its, who));
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.json().path("type").asText())
          .isEqualTo("urn:m2mgate:problem:not-advertised");
    }
  }
}
