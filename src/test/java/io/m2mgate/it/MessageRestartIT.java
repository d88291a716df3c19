package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerMessages;
import io.m2mgate.peer.PeerTerminal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway that died knows of messages: they come again from the centre, and are one event. */
class MessageRestartIT {
  private static final String APP = "EC01";

  @TempDir
  Path directory;

  private static byte[] request(Identity who, int command, int sequence, byte[] body) {
    return PeerTerminal.unsigned(who.serial(), command, sequence, 0, body);
  }

  private static byte[] alarm(Identity who, int sequence) {
    byte[] body = bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 2)
        .tlv(0x300D, bytes().u16(4).toArray())
        .toArray();
    return request(who, PeerTerminal.CONFIG_TRAP, sequence, body);
  }

  private static PeerFrame exchange(PeerMessages phones, String number, byte[] request) {
    phones.send(number, request);
    PeerFrame ack = phones.next(number);
    assertThat(ack.command()).isEqualTo(new PeerFrame(request).command() | 0x8000);
    return ack;
  }

  // Verifies that a message which is delivered again after a restart is the same event, that one
  // which came meanwhile is served, and that a session by messages goes on and ends.
  @Test
  void goesOnAfterKill() {
    String number = PeerMessages.number();
    Identity who = Identity.fresh();
    try (PeerMessages phones = new PeerMessages(directory);
        GatewayProcess gateway = GatewayProcess.start(PeerMessages.settings(directory))) {
      Api app = gateway.api().createApplication(APP);
      ObjectNode json = Api.terminalJson(who, APP, "wmmp-3").put("msisdn", number);
      assertThat(gateway.api().call("POST", "/v1/admin/terminals", json).status())
          .isEqualTo(201);
      byte[] login;
      try (PeerTerminal terminal = gateway.terminal(who)) {
        login = request(who, PeerTerminal.LOGIN, 1, terminal.loginBody(0));
      }
      exchange(phones, number, login);
      exchange(phones, number, alarm(who, 2));

      gateway.kill();
      phones.send(number, alarm(who, 3));
      GatewayProcess again = gateway.restart();
      Api after = again.api().as(app.key());
      assertThat(phones.next(number).sequence()).isEqualTo(3);
      exchange(phones, number, alarm(who, 2));
      exchange(
          phones, number, request(who, PeerTerminal.LOGOUT, 4, bytes().u8(0).toArray()));

      assertThat(after.events(2, "m2m.report", who.serial())).hasSize(2);
      assertThat(after.events(1, "m2m.terminal.login", who.serial())).hasSize(1);
      assertThat(after.events(1, "m2m.terminal.logout", who.serial())).hasSize(1);
    }
  }
}
