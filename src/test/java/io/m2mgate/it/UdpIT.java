package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Terminals that speak UDP (4.2, 5.2.1). */
class UdpIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] GET = pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2");
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
  }

  private static JsonNode presence(Identity who) {
    return gateway.api().terminal(who.serial()).path("presence");
  }

  // Verifies that the life of a session goes over UDP as over TCP, command included, and that every
  // answer comes from the port that was spoken to.
  @Test
  void carriesASession() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.datagramTerminal(who).login()) {
      terminal.heartbeat();
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      String id = client.read(who, "0011");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(id, "succeeded");
      assertThat(presence(who).path("bearer").asText()).isEqualTo("udp");
      assertThat(terminal.logout(0).body()).isEmpty();
    }
  }
}
