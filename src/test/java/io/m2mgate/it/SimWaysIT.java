package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerSim.ask;
import static io.m2mgate.peer.PeerSim.await;
import static io.m2mgate.peer.PeerSim.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSecrecy;
import io.m2mgate.peer.PeerSim;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SecretScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where the codes of a SIM card go and where they do not: nowhere in clear here (behaviour 5.3.1). */
class SimWaysIT {
  private static final String APP = "EC01";
  private static final String BASE_KEY = "abcdefghijklmnopqrstuvwx";
  private static final String PIN = "73519264";
  private static final String ASK_PIN = "{\"type\":\"sim\",\"pin1\":\"" + PIN + "\"}";
  private static final String NO_WAY =
      "the terminal's address is not within security.clearSecretsTo";

  private static GatewayProcess gateway;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("security.clearSecretsTo=10.0.0.0/8", "log.level=debug");
    app = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity keyed() {
    Identity who = Identity.fresh();
    var json = Api.terminalJson(who, APP, "wmmp-3")
        .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    return who;
  }

  private static void awaitKept(String id) {
    Await.until(
        "a reason",
        Await.PATIENCE,
        () -> command(app, id).path("reason").asText().equals(NO_WAY));
    assertThat(command(app, id).path("state").asText()).isEqualTo("queued");
    assertThat(command(app, id).path("attempts").asInt()).isZero();
  }

  private static void write(
      PeerTerminal terminal, PeerSecrecy secrecy, int command, int sequence, byte[] body) {
    terminal.link().write(secrecy.frame(command, sequence, body));
  }

  // Verifies that a PIN waits with its reason, of which an event tells, while other commands go;
  // that
  // it leaves in the first session with a key, inside ciphertext; and that it is in no file, log,
  // event or answer, neither while it waits nor afterwards.
  @Test
  void waitsForAKey() throws IOException {
    Identity who = keyed();
    String id;
    try (PeerTerminal clear = gateway.terminal(who).login()) {
      id = ask(app, who, ASK_PIN);
      awaitKept(id);
      JsonNode told = app.events(
              2,
              event -> event.at("/data/id").asText().equals(id)
                  && event.path("type").asText().equals("m2m.command.updated"))
          .get(1);
      assertThat(told.at("/data/reason").asText()).isEqualTo(NO_WAY);
      String read = ask(app, who, "{\"type\":\"read\",\"tags\":[\"0011\"]}");
      PeerFrame get = expect(clear, PeerCommands.CONFIG_GET, pairs(0x0011));
      ack(clear, get, bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray());
      await(app, read, "succeeded");
      String digests = ask(app, who, "{\"type\":\"security\",\"operation\":\"readDigests\"}");
      awaitKept(digests);
      assertThat(app.delete("/v1/commands/" + digests).status()).isEqualTo(200);
      String bound = ask(app, who, "{\"type\":\"sim\",\"binding\":\"released\"}");
      ack(clear, expect(clear, PeerRotation.SECURITY_CONFIG, PeerSim.binding(PeerSim.RELEASED)), 3);
      await(app, bound, "rejected");
      assertNowhere();
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      PeerSecrecy secrecy = PeerSecrecy.login(terminal, BASE_KEY);
      PeerFrame frame = terminal.link().read();
      assertThat(frame.command()).isEqualTo(PeerRotation.SECURITY_CONFIG);
      byte[] wanted = PeerSim.pin(PIN);
      assertThat(Arrays.copyOf(secrecy.readBody(frame), wanted.length)).isEqualTo(wanted);
      write(terminal, secrecy, PeerRotation.ACK, frame.sequence(), new byte[] {0});
      await(app, id, "acked");
      byte[] report = bytes()
          .u8(4)
          .tlv(PeerSim.PIN1, PIN)
          .tlv(PeerSim.PIN1_ACTIVE, (byte) 1)
          .toArray();
      write(terminal, secrecy, PeerRotation.SECURITY_CONFIG, terminal.nextSequence(), report);
      assertThat(secrecy.readBody(terminal.link().read())[0]).isZero();
      assertThat(command(app, id).path("state").asText()).isEqualTo("succeeded");
    }
    assertNowhere();
  }

  // Verifies that one that waits for nothing fails instead.
  @Test
  void failsAtOnce() {
    Identity who = keyed();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = ask(
          app,
          who,
          "{\"type\":\"sim\",\"pin1\":\"" + PIN + "\",\"delivery\":{\"mode\":\"immediate\"}}");
      assertThat(await(app, id, "failed").path("reason").asText()).isEqualTo(NO_WAY);
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
    }
  }

  private static void assertNowhere() throws IOException {
    SecretScan scan = new SecretScan().add("PIN", PIN.getBytes(StandardCharsets.US_ASCII));
    try (Stream<Path> files = Files.walk(gateway.dataDir())) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(scan.in(file)).isEmpty());
    }
    String everything = app.pull(0, 0).toString()
        + gateway.api().get("/v1/admin/audit?limit=1000").body()
        + app.get("/v1/commands").body()
        + String.join("\n", gateway.process().output());
    assertThat(scan.in(everything.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
