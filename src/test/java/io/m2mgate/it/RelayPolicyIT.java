package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRelay;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application takes of the terminals of others, and of terminals at all (clause 5.3.11). */
class RelayPolicyIT {
  private static final String HOME = "HOME";
  private static final String AWAY = "AWAY";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final String NOBODY = "PEER999999999999";

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api home;
  private static Api away;

  private PeerTerminal sender;
  private Identity target;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("relay.expiresSeconds=5", "commands.checkSeconds=1");
    admin = gateway.api();
    home = admin.createApplication(HOME);
    away = admin.createApplication(AWAY);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  @BeforeEach
  void terminals() {
    patch(AWAY, "{\"relay\":null,\"enabled\":true}");
    target = admin.createTerminal(Identity.fresh(), AWAY);
    Identity who = admin.createTerminal(Identity.fresh(), HOME);
    sender = gateway.terminal(who).login();
  }

  @AfterEach
  void leave() {
    sender.close();
  }

  private static JsonNode patch(String appCode, String change) {
    Api.Full answer = admin.full(
        "PATCH",
        "/v1/admin/applications/" + appCode,
        change.getBytes(StandardCharsets.UTF_8),
        "Content-Type",
        "application/json");
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(200);
    return answer.answer().json();
  }

  private PeerFrame send(String serial) {
    return sender.exchange(sender.signed(PeerTerminal.DATA, PeerRelay.to(serial, HELLO)));
  }

  // Verifies that the terminals of another application are like none, until that application lists
  // the sender's, and again afterwards; and that each application is told its own side.
  @Test
  void reachesAnotherApplicationsTerminalsWhenItSaysSo() {
    PeerFrame forbidden = send(target.serial());
    PeerFrame unknown = send(NOBODY);
    assertThat(forbidden.body()).isEqualTo(unknown.body()).isEqualTo(new byte[] {2});
    assertThat(
            patch(AWAY, "{\"relay\":{\"from\":[\"HOME\"]}}").at("/relay/from/0").asText())
        .isEqualTo(HOME);
    try (PeerTerminal other = gateway.terminal(target).login()) {
      assertThat(send(target.serial()).result()).isZero();
      PeerRelay.take(other, sender.who(), HELLO);
    }
    patch(AWAY, "{\"relay\":{\"from\":[]}}");
    assertThat(send(target.serial()).result()).isEqualTo(2);

    assertThat(home.readings(1, sender.who())).hasSize(1);
    assertThat(home.events(0, "m2m.command.updated", target.serial())).isEmpty();
    JsonNode told =
        away.events(3, "m2m.command.updated", target.serial()).get(0).path("data");
    assertThat(told.at("/from/terminal").asText()).isEqualTo(sender.who().serial());
    assertThat(away.readings(0, sender.who())).isEmpty();
  }

  // Verifies that data for another application goes to that one alone when it lists the sender's,
  // with where it came from.
  @Test
  void reachesAnotherApplicationWhenItSaysSo() {
    assertThat(sender.data(AWAY, HELLO)).isEqualTo(2);
    assertThat(sender.data("NONE", HELLO)).isEqualTo(2);
    patch(AWAY, "{\"relay\":{\"from\":[\"HOME\"]}}");
    assertThat(sender.data(AWAY, HELLO)).isZero();

    JsonNode reading = away.readings(1, sender.who()).get(0);
    assertThat(reading.at("/data/to/app").asText()).isEqualTo(AWAY);
    assertThat(reading.at("/data/from/app").asText()).isEqualTo(HOME);
    assertThat(home.readings(0, sender.who())).isEmpty();

    byte[] last = sender.signed(PeerTerminal.DATA, PeerTerminal.dataBody(AWAY, new byte[] {7}));
    PeerFrame first = sender.exchange(last);
    assertThat(sender.exchange(last).bytes()).isEqualTo(first.bytes());
    assertThat(away.readings(2, sender.who())).hasSize(2);

    patch(AWAY, "{\"enabled\":false}");
    assertThat(sender.data(AWAY, HELLO)).isEqualTo(3);
  }

  // Verifies that an application can have data for terminals that are not there refused, and that
  // those that are there get theirs.
  @Test
  void queuesNothingWhereTheApplicationSaysSo() {
    patch(AWAY, "{\"relay\":{\"from\":[\"HOME\"],\"queue\":\"never\"}}");
    assertThat(send(target.serial()).result()).isEqualTo(1);
    assertThat(away.get("/v1/terminals/" + target.serial() + "/commands").json().path("items"))
        .isEmpty();
    try (PeerTerminal other = gateway.terminal(target).login()) {
      assertThat(away.events(1, "m2m.terminal.login", target.serial())).hasSize(1);
      assertThat(send(target.serial()).result()).isZero();
      PeerRelay.take(other, sender.who(), HELLO);
      other.logout(0);
    }
    assertThat(send(target.serial()).result()).isEqualTo(1);
    assertThat(home.readings(1, sender.who())).hasSize(1);
  }

  // Verifies that what its terminal does not take in time ends, and that the target's application
  // is told so.
  @Test
  void expires() {
    patch(AWAY, "{\"relay\":{\"from\":[\"HOME\"]}}");
    assertThat(send(target.serial()).result()).isZero();
    List<JsonNode> told = away.events(2, "m2m.command.updated", target.serial());
    assertThat(told)
        .extracting(event -> event.at("/data/state").asText())
        .containsExactly("queued", "expired");
  }

  // Verifies that what an administrator says of it is checked, kept over a restart, and put back
  // member by member.
  @Test
  void keepsWhatIsSaid() {
    ObjectNode bad = Api.JSON.createObjectNode();
    bad.putObject("relay").put("queue", "sometimes").putArray("from").add("no code");
    Api.Answer refused = admin.call("PATCH", "/v1/admin/applications/" + AWAY, bad);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("/relay/queue", "/relay/from/0");

    patch(AWAY, "{\"relay\":{\"from\":[\"HOME\",\"LATER\"],\"queue\":\"never\"}}");
    patch(AWAY, "{\"relay\":{\"queue\":null}}");
    gateway.kill().restart();
    JsonNode kept = admin.get("/v1/admin/applications/" + AWAY).json().path("relay");
    assertThat(kept.toString()).isEqualTo("{\"from\":[\"HOME\",\"LATER\"],\"queue\":\"always\"}");
    Await.until("the list in force", Await.PATIENCE, () -> {
      try (PeerTerminal again = gateway.terminal(sender.who()).login()) {
        return PeerRelay.send(again, target.serial(), HELLO) == 0;
      }
    });
  }
}
