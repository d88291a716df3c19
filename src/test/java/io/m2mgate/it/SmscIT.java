package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Smsc;
import io.m2mgate.peer.SmscStore.Submitted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a message centre, each a process, that speak SMPP and are taken from each other. */
class SmscIT {
  private static final String APP = "EC01";
  private static final String ALARM = "m2m.alarm.raised";
  private static final String UPLINK = "0B05040B2EC0020003040101";
  private static final String DOWNLINK = "0B05040000C00200030";
  private static final int[] CODES = {0x0004, 0x0005, 0x001C};
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  Path directory;

  private Smsc smsc;
  private GatewayProcess gateway;
  private Api admin;
  private Api app;

  @BeforeEach
  void start() {
    smsc = Smsc.start(directory);
    gateway = GatewayProcess.start(smsc.settings("sms.smpp.answerSeconds=3"));
    admin = gateway.api();
    app = admin.createApplication(APP);
    smsc.awaitBound();
  }

  @AfterEach
  void stop() {
    smsc.close();
    gateway.closeClean();
  }

  // Verifies that alarms which go by message while the centre dies and returns are each an event
  // once, and answered; and
  // that readiness and the administrator see the centre go and come.
  @Test
  void losesAndRepeatsNothing() {
    Map<String, String> terminals = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      String number = "86139%08d".formatted(i);
      terminals.put(number, provisioned(number).serial());
    }
    int half = terminals.size() * CODES.length / 2;
    for (int i = 0; i < CODES.length; i++) {
      int sequence = i + 1;
      terminals.forEach(
          (number, serial) -> smsc.send(number, alarm(serial, sequence, CODES[sequence - 1])));
    }
    Await.until("half of them", PATIENCE, () -> smsc.held() <= half);
    smsc.kill();
    Await.until("no link", PATIENCE, () -> !status().get("up").asBoolean());
    assertThat(status().get("reason").asText()).isNotEmpty();
    assertThat(admin.get("/health/ready").status()).isEqualTo(200);
    assertThat(admin.get("/health/ready").json().at("/parts/sms").asText()).isEqualTo("down");
    smsc.restart();
    smsc.awaitTaken();

    List<JsonNode> raised = app.events(60, event -> event.path("type").asText().equals(ALARM));
    assertThat(raised).hasSize(60);
    assertThat(raised.stream()
            .map(
                event -> event.path("subject").asText() + event.at("/data/code").asInt())
            .distinct())
        .hasSize(60);
    expectAnswers(terminals);
    assertThat(status().get("up").asBoolean()).isTrue();
    assertThat(status().get("taken").asInt()).isGreaterThanOrEqualTo(60);
    assertThat(admin.get("/health/ready").json().at("/parts/sms").asText()).isEqualTo("up");
  }

  private void expectAnswers(Map<String, String> terminals) {
    List<String> answered = new ArrayList<>();
    for (Submitted submitted : smsc.submits()) {
      byte[] userData = submitted.message().content();
      assertThat(HexFormat.of().withUpperCase().formatHex(userData)).startsWith(DOWNLINK);
      assertThat(submitted.message().esmClass()).isEqualTo(0x40);
      assertThat(submitted.message().dataCoding()).isEqualTo(4);
      PeerFrame frame =
          new PeerFrame(Arrays.copyOfRange(userData, UPLINK.length() / 2, userData.length));
      assertThat(frame.serial()).isEqualTo(terminals.get(submitted.message().to()));
      answered.add(submitted.message().to() + " " + frame.sequence());
    }
    for (String number : terminals.keySet()) {
      assertThat(answered).contains(number + " 1", number + " 2", number + " 3");
    }
  }

  // Verifies that SIGTERM ends a gateway in time whose messages nobody answers, and that what was
  // not answered comes again
  // and is no second event.
  @Test
  void stopsWithMessagesWaiting() {
    String number = "8613900000001";
    String serial = provisioned(number).serial();
    smsc.dropAnswers(1_000);
    smsc.send(number, alarm(serial, 1, CODES[0]));
    smsc.awaitSubmits(1);
    app.events(1, ALARM, serial);

    assertThat(gateway.terminate()).isZero();
    assertThat(smsc.held()).isEqualTo(1);
    smsc.dropAnswers(0);
    gateway.restart();
    smsc.awaitTaken();

    assertThat(gateway.api().as(app.key()).events(1, ALARM, serial)).hasSize(1);
    Await.until(
        "an answer", PATIENCE, () -> smsc.submits().stream().anyMatch(it -> it.status() == 0));
  }

  private JsonNode status() {
    return admin.get("/v1/admin/sms").json();
  }

  private Identity provisioned(String number) {
    Identity who = Identity.fresh();
    ObjectNode json = Api.terminalJson(who, APP, "wmmp-3");
    json.put("msisdn", number);
    assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    return who;
  }

  private static byte[] alarm(String serial, int sequence, int code) {
    byte[] body = bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 2)
        .tlv(0x300D, bytes().u16(code).toArray())
        .toArray();
    byte[] frame = PeerTerminal.unsigned(serial, PeerTerminal.CONFIG_TRAP, sequence, 0, body);
    return HexFormat.of().parseHex(UPLINK + HexFormat.of().formatHex(frame));
  }
}
