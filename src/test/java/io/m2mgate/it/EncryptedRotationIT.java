package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSecrecy;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A session with a key is a way for secrets wherever the terminal is (behaviour 5.3.1). */
class EncryptedRotationIT {
  private static final String APP = "EC01";
  private static final String BASE_KEY = "abcdefghijklmnopqrstuvwx";

  // Verifies that a rotation goes inside an encrypted body where nothing may leave in clear, that
  // its ack is understood, and that the
  // terminal gets the same set when it asks for it encrypted.
  @Test
  void rotatesInsideCiphertext() {
    try (GatewayProcess gateway = GatewayProcess.start("security.clearSecretsTo=10.0.0.0/8")) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = Identity.fresh();
      var json = Api.terminalJson(who, APP, "wmmp-3")
          .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
      assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
      String path = "/v1/terminals/" + who.serial() + "/rotations";
      try (PeerTerminal terminal = gateway.terminal(who)) {
        PeerSecrecy secrecy = PeerSecrecy.login(terminal, BASE_KEY);
        app.call(
            "POST",
            path,
            Api.JSON
                .createObjectNode()
                .set("secrets", Api.JSON.createArrayNode().add("uplinkPassword")));
        PeerFrame frame = terminal.link().read();
        assertThat(frame.command()).isEqualTo(PeerRotation.SECURITY_CONFIG);
        byte[] clear = secrecy.readBody(frame);
        assertThat(clear[0]).isZero();
        byte[] set = Arrays.copyOfRange(clear, 1, 21);
        assertThat(PeerRotation.tlvs(set, 0).keySet())
            .containsExactly(PeerRotation.UPLINK, PeerRotation.UPLINK_EXPIRY);
        byte[] ask = bytes().u8(6).u16(PeerRotation.UPLINK).u16(0).toArray();
        terminal
            .link()
            .write(secrecy.frame(PeerRotation.SECURITY_CONFIG, terminal.nextSequence(), ask));
        byte[] answer = secrecy.readBody(terminal.link().read());
        assertThat(answer[0]).isZero();
        assertThat(Arrays.copyOfRange(answer, 1, 13)).isEqualTo(Arrays.copyOfRange(set, 0, 12));
        terminal
            .link()
            .write(
                secrecy.frame(PeerRotation.ACK, frame.sequence(), bytes().u8(0).toArray()));
        Await.until(
            "ack",
            Await.PATIENCE,
            () -> app.get(path)
                .json()
                .path("items")
                .path(0)
                .path("state")
                .asText()
                .equals("acked"));
      }
    }
  }
}
