package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.RawMqtt;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Peers that send and never read cost a bounded piece of memory, and are let go of with everything they held. */
class DeafPeersIT {
  private static final String APP = "EC01";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int HEAP = 128;
  private static final int SMALL_BUFFER = 4_096;
  private static final int DEAF = 10;

  /** Few: the kernel takes megabytes of answers for each before the gateway's own bound is reached. */
  private static final int DEAF_TERMINALS = 2;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.startWithin(
        HEAP,
        "terminal.limits.outboxFullSeconds=2",
        "terminal.limits.unfinishedFrameSeconds=2",
        "terminal.limits.framesInFlight=64",
        "terminal.limits.outboxBytes=4096");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static double closed(String reason) {
    return admin.metric("m2mgate_connections_closed_total", "reason=\"" + reason + "\"");
  }

  // Verifies that a terminal that never reads its answers is closed with that reason, that its
  // socket
  // is really given back.
  @Test
  void closesTerminalsThatNeverRead() {
    double before = closed("outbox-full");
    int descriptors = gateway.descriptors();
    List<PeerLink> deaf = new ArrayList<>();
    List<PeerTerminal> terminals = new ArrayList<>();
    for (int i = 0; i < DEAF_TERMINALS; i++) {
      terminals.add(gateway.terminal(admin.createTerminal(Identity.fresh(), APP)));
    }
    try {
      // WHEN terminals send requests as long as they can and read nothing
      for (PeerTerminal terminal : terminals) {
        deaf.add(sendWithoutReading(terminal));
      }
      // THEN they are closed for it
      Await.until(
          "closes of deaf terminals",
          PATIENCE,
          () -> closed("outbox-full") >= before + DEAF_TERMINALS);
      // AND nothing is left open but the connections on which they logged in
      Await.until(
          "descriptors given back",
          PATIENCE,
          () -> gateway.descriptors() <= descriptors + DEAF_TERMINALS + 4);
      // AND they can log in like anybody
      terminals.forEach(PeerTerminal::login);
    } finally {
      deaf.forEach(PeerLink::close);
      terminals.forEach(PeerTerminal::close);
    }
  }

  private static PeerLink sendWithoutReading(PeerTerminal terminal) {
    var link = new PeerLink(gateway.terminals(), SMALL_BUFFER);
    byte[] trap = terminal.unsigned(PeerTerminal.CONFIG_TRAP, 1, 0, new byte[0]);
    byte[] traps = repeated(trap, 2_000);
    var writer = new Thread(() -> {
      try {
        while (true) {
          link.write(traps);
        }
      } catch (UncheckedIOException closed) {
        Thread.currentThread().interrupt();
      }
    });
    writer.setDaemon(true);
    writer.start();
    return link;
  }

  private static byte[] repeated(byte[] bytes, int times) {
    byte[] all = new byte[bytes.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
    }
    return all;
  }

  // Verifies that half a frame is given up after its time, for each of many peers.
  @Test
  void closesHalfFrames() {
    double before = closed("unfinished-frame");
    List<PeerLink> links = new ArrayList<>();
    try {
      // WHEN a hundred peers send the first half of a frame of the greatest length
      for (int i = 0; i < 100; i++) {
        byte[] half = new byte[8_000];
        half[0] = 0x40;
        half[8] = 3;
        links.add(new PeerLink(gateway.terminals()).write(half));
      }
      // THEN each is closed for it
      Await.until(
          "closes of half frames", PATIENCE, () -> closed("unfinished-frame") >= before + 100);
      links.forEach(link -> link.expectClosed(PeerLink.PATIENCE));
    } finally {
      links.forEach(PeerLink::close);
    }
  }

  // Verifies that an MQTT client that pings without end and never reads cannot fill the memory.
  @Test
  void boundsAnswersToPings() {
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("pinger", APP, app.key())).isZero();
      // WHEN it sends three million pings, or as many as are taken of it
      var writer = new Thread(() -> {
        for (int i = 0; i < 300 && client.ping(10_000); i++) {
          Thread.onSpinWait();
        }
      });
      writer.setDaemon(true);
      writer.start();
      join(writer);
      // THEN it is closed for that, and others are served
      Await.until(
          "close of the pinger", PATIENCE, () -> admin.metric("m2mgate_mqtt_flooded_total") == 1);
      assertThat(gateway.alive()).isTrue();
      assertThat(admin.get("/health/ready").status()).isEqualTo(200);
    }
  }

  private static void join(Thread writer) {
    try {
      writer.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // Verifies that a packet before CONNECT ends the connection, and is no fault of the gateway's.
  @Test
  void closesPingsBeforeConnect() {
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      client.ping(1);
      assertThatThrownBy(client::read).isInstanceOf(UncheckedIOException.class);
    }
  }

  // Verifies that a client need not wait for CONNACK before it subscribes (MQTT 3.1.1, 3.1.4), and
  // that one which is refused then gets its CONNACK first.
  @Test
  void takesEarlySubscriptions() {
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"));
        RawMqtt stranger = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("early", APP, app.key(), "m2m/v1/" + APP + "/evt/#"))
          .isZero();
      assertThat(client.read().first() >>> 4).as("SUBACK").isEqualTo(9);
      client.ping(1);
      assertThat(client.read().first() >>> 4).as("PINGRESP").isEqualTo(13);
      assertThat(stranger.connect("stranger", APP, "wrong", "#")).isEqualTo(4);
      assertThatThrownBy(stranger::read).isInstanceOf(UncheckedIOException.class);
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  // Verifies that a reason that MQTT does not know costs the connection nothing, and no stack
  // trace.
  @Test
  void ignoresUnknownReasons() {
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("puzzling", APP, app.key())).isZero();
      // WHEN a client answers nothing by a PUBREC with reason 14, and pings
      client.raw(new byte[] {0x50, 3, 0, 1, 14});
      client.ping(1);
      // THEN the ping is answered, and nothing else is said
      assertThat(client.read().first() >>> 4).as("PINGRESP").isEqualTo(13);
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  // Verifies that packets which only a server sends are ignored, and cost no stack trace each.
  @Test
  void ignoresPacketsOfServers() {
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("backwards", APP, app.key())).isZero();
      // WHEN a client sends a SUBACK and a ping
      client.raw(new byte[] {(byte) 0x90, 3, 0, 1, 0});
      client.ping(1);
      // THEN the ping is answered, and nothing else is said
      assertThat(client.read().first() >>> 4).as("PINGRESP").isEqualTo(13);
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  // Verifies that MQTT clients that stop reading and come again under their id leave no socket
  // behind.
  @Test
  void letsGoOfStalledSubscribers() {
    List<RawMqtt> stalled = new ArrayList<>();
    try (PeerTerminal terminal =
        gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login()) {
      int descriptors = gateway.descriptors();
      // GIVEN a log of 6 MB, of which nothing fits a deaf client's socket for long
      for (int i = 0; i < DEAF; i++) {
        // WHEN a client subscribes, reads nothing, and connects again
        RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"));
        stalled.add(client);
        assertThat(client.connect("deaf", APP, app.key())).isZero();
        client.subscribe("m2m/v1/" + APP + "/evt/#");
        for (int n = 0; n < 40; n++) {
          assertThat(terminal.data(APP, new byte[15_000])).isZero();
        }
      }
      // THEN the connections that were taken over are closed
      Await.until(
          "descriptors given back", PATIENCE, () -> gateway.descriptors() <= descriptors + 5);
    } finally {
      stalled.forEach(RawMqtt::close);
    }
  }

  // Verifies that credentials of which a part is missing are refused as bad, without a stack trace.
  @Test
  void refusesHalfCredentials() {
    for (int flags : new int[] {0x82, 0x02}) {
      try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
        // WHEN CONNECT has a user and no password, or neither
        byte[] user = flags == 0x82 ? new byte[] {0, 1, 'u'} : new byte[0];
        byte[] head = {
          0x10, (byte) (13 + user.length), 0, 4, 'M', 'Q', 'T', 'T', 4, (byte) flags, 0, 0
        };
        client.raw(head).raw(new byte[] {0, 1, 'c'}).raw(user);
        // THEN it is told so
        assertThat(client.read().body()[1]).as("flags %02x", flags).isIn((byte) 4, (byte) 5);
      }
    }
  }
}
