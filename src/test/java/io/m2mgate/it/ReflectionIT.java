package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerDatagrams;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerSecrecy;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SourceLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A source at which no terminal was verified gets no more bytes than came from it, whatever it sends (5.2.1, wire 8). */
class ReflectionIT {
  private static final String APP = "EC01";
  private static final String TALKATIVE = "talkative";
  private static final String BASE_KEY = "112233445566778899001234";
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final String UNKNOWN = "NOBODY0000000001";
  private static final byte[] HELLO = {1, 2, 3};
  private static final int COMMANDS = 0x12;
  private static final int ACK = 0x8000;
  /** An answer that is late by more than this would be an answer to nothing. */
  private static final Duration LATE = Duration.ofMillis(400);

  private static GatewayProcess closed;
  private static GatewayProcess open;

  @BeforeAll
  static void start() {
    closed = prepared(GatewayProcess.start("lanes=2"));
    open = prepared(GatewayProcess.start(
        "lanes=2",
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.perSourcePerMinute=100000",
        "registration.perMinute=100000"));
  }

  private static GatewayProcess prepared(GatewayProcess gateway) {
    Api admin = gateway.api();
    admin.createApplication(APP);
    admin.createProfile(TALKATIVE, profile -> profile.put("onWrongDigest", "refuse"));
    return gateway;
  }

  @AfterAll
  static void stop() {
    open.closeClean();
    closed.closeClean();
  }

  /** Datagrams, each from a port that nothing else is sent from, and what comes back to it. */
  private static final class Sources implements AutoCloseable {
    private final GatewayProcess gateway;
    private final Map<String, PeerDatagrams> by = new TreeMap<>();

    private Sources(GatewayProcess gateway) {
      this.gateway = gateway;
    }

    private void send(String what, byte[] frame) {
      PeerDatagrams source = new PeerDatagrams(gateway.datagrams());
      by.put(by.size() + " " + what, source);
      source.write(frame);
    }

    /** Fails where more came than went; gives how many were answered at all. */
    private int answered() {
      int answered = 0;
      Duration patience = LATE;
      for (var source : by.entrySet()) {
        Optional<PeerFrame> frame = source.getValue().read(patience);
        answered += frame.isPresent() ? 1 : 0;
        while (frame.isPresent()) {
          frame = source.getValue().read(Duration.ofMillis(1));
        }
        // The first has given the others time enough.
        patience = frame.isPresent() ? patience : Duration.ofMillis(1);
        assertThat(source.getValue().receivedBytes())
            .as("bytes back for %s", source.getKey())
            .isLessThanOrEqualTo(source.getValue().sentBytes());
      }
      return answered;
    }

    @Override
    public void close() {
      by.values().forEach(PeerDatagrams::close);
    }
  }

  private static byte[] body(int command, Identity who) {
    return switch (command) {
      case PeerTerminal.LOGIN -> bytes().ascii("1.01", 8).u32(0).toArray();
      case PeerTerminal.LOGOUT -> bytes().u8(0).toArray();
      case PeerTerminal.DATA -> PeerTerminal.dataBody(APP, HELLO);
      case PeerTerminal.REGISTER -> PeerTerminal.registerBody(0, who);
      case PeerTerminal.CONFIG_REQ -> pairs(0x0011, 0x0003, 0x0004);
      case PeerTerminal.FILE_REQ -> bytes().u32(1).u8(0).u32(0).u16(60_000).toArray();
      case PeerTerminal.SECURITY_CONFIG -> bytes().u8(5).toArray();
      default -> new byte[0];
    };
  }

  /** Every command and the ack of each: unsigned, with the flag alone, signed by a stranger, with a body and without. */
  private static void everything(Sources sources, PeerTerminal as, String state) {
    for (int id = 0; id < COMMANDS; id++) {
      for (int command : new int[] {id, id | ACK}) {
        String name = state + " " + Integer.toHexString(command);
        byte[] body = body(id, as.who());
        sources.send(name + " unsigned", as.unsigned(command, 7, 0, body));
        sources.send(name + " empty", as.unsigned(command, 8, 0, new byte[0]));
        sources.send(name + " flag", as.unsigned(command, 9, 0x20, body));
        sources.send(name + " wrapped", as.unsigned(command, 10, 0x10, body));
        sources.send(name + " wrong", as.signedWith(SourceLink.guess(1), command, 11, body));
      }
    }
  }

  private static Identity provisioned(GatewayProcess gateway, String profile) {
    Identity who = Identity.fresh();
    ObjectNode row = Api.terminalJson(who, APP, profile).put("baseKey", hex(BASE_KEY));
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", row).status()).isEqualTo(201);
    return who;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  // Verifies it for every command and ack, of a serial that nobody has, of a terminal without a
  // session, of one in session, where registrations are open and where
  // they are not.
  @Test
  void reflectsNoMoreThanItGets() {
    for (GatewayProcess gateway : List.of(closed, open)) {
      Identity nobody = Identity.fresh();
      Identity unknown =
          new Identity(UNKNOWN, nobody.imei(), nobody.imsi(), nobody.uplink(), nobody.downlink());
      Identity away = provisioned(gateway, "wmmp-3");
      Identity here = provisioned(gateway, "wmmp-3");
      Identity told = provisioned(gateway, TALKATIVE);
      try (Sources sources = new Sources(gateway);
          PeerTerminal stranger = gateway.datagramTerminal(unknown);
          PeerTerminal absent = gateway.datagramTerminal(away);
          PeerTerminal online = gateway.datagramTerminal(here).login();
          PeerTerminal refused = gateway.datagramTerminal(told).login()) {
        everything(sources, stranger, "unknown");
        everything(sources, absent, "without session");
        everything(sources, online, "in session");
        everything(sources, refused, "refused");
        assertThat(sources.answered()).as("answered at all").isGreaterThan(30);
        // AND what was none of its own took nothing from the terminal
        assertThat(online.data(APP, HELLO)).isZero();
      }
    }
  }

  // Verifies it for captured frames of a terminal, which are good: a copy is answered where it came
  // from as far as it paid for that, and moves nothing.
  @Test
  void reflectsNoMoreThanACopyPaysFor() {
    Identity who = provisioned(closed, "wmmp-3");
    try (PeerTerminal terminal = closed.datagramTerminal(who);
        Sources sources = new Sources(closed)) {
      List<byte[]> captured = new ArrayList<>();
      byte[] login = terminal.loginFrame(terminal.nextSequence(), 0);
      captured.add(login);
      terminal.under(terminal.exchangeLogin(login).timestamp());
      List<byte[]> requests = List.of(
          terminal.signed(PeerTerminal.CONFIG_TRAP, new byte[0]),
          terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, HELLO)),
          terminal.signed(PeerTerminal.CONFIG_REQ, pairs(0x0011, 0x0003)),
          terminal.signed(PeerTerminal.HEART_BEAT, new byte[0]),
          terminal.signed(PeerTerminal.SECURITY_CONFIG, bytes().u8(5).toArray()),
          terminal.signed(
              PeerTerminal.FILE_REQ, bytes().u32(1).u8(0).u32(0).u16(60_000).toArray()));
      for (byte[] request : requests) {
        terminal.exchange(request);
        captured.add(request);
      }
      captured.forEach(frame -> sources.send("copy of " + new PeerFrame(frame), frame));
      assertThat(sources.answered()).isGreaterThanOrEqualTo(4);
      // What refuses two parameters is longer than what asks for them.
      assertThat(terminal.configReq(0x0011, 0x0003).bytes())
          .hasSizeGreaterThan(requests.get(2).length);
      assertThat(closed.api().metric("m2mgate_datagrams_dropped_total", "reason=\"amplification\""))
          .isPositive();
      // WHEN the session is over
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray());
      terminal.exchange(logout);
      // THEN copies are worth no more
      sources.send("LOGOUT again", logout);
      captured.forEach(frame -> sources.send("later copy of " + new PeerFrame(frame), frame));
      assertThat(sources.answered()).isGreaterThanOrEqualTo(2);
    }
  }

  // Verifies the one exception: LOGIN_ACK with the session key that a proven LOGIN asked for
  // leaves,
  // also from a new address, and is longer by no more than the cipher's key envelope makes it.
  @Test
  void givesASessionKeyToAProvenLogin() {
    for (PeerCipher.Kind kind : PeerCipher.Kind.values()) {
      String profile = closed
          .api()
          .createProfile("cipher-" + kind.profile(), it -> it.put("cipher", kind.profile()));
      Identity who = provisioned(closed, profile);
      try (PeerTerminal terminal = closed.datagramTerminal(who)) {
        PeerCipher cipher = new PeerCipher(terminal, BASE_KEY, kind, PeerCipher.Digest.MD5);
        byte[] login = cipher.loginFrame(cipher.proof(0xFFFFFFFFL));
        PeerFrame answer = cipher.exchangeLogin(login);
        cipher.take(answer);
        assertThat(cipher.sessionKey()).hasSize(16);
        assertThat(login).hasSize(80);
        assertThat(answer.bytes())
            .as("LOGIN_ACK with a key for %s", kind)
            .hasSize(kind == PeerCipher.Kind.TRIPLE_DES ? 89 : 105);
      }
    }
  }

  // Verifies that secrets do not leave in clear over UDP: a registration is told to ask by short
  // message, in a session a request for secrets is refused, and inside encryption they leave.
  @Test
  void givesNoSecretsInClear() {
    Identity maker = Identity.fresh();
    Identity bare = new Identity(PLACEHOLDER, maker.imei(), maker.imsi(), "", "");
    try (PeerTerminal fresh = open.datagramTerminal(bare)) {
      PeerFrame ack = fresh.register(0);
      assertThat(ack.result()).isEqualTo(2);
      fresh.link().expectSilence();
    }
    Identity who = provisioned(open, "wmmp-3");
    try (PeerTerminal terminal = open.datagramTerminal(who)) {
      assertThat(terminal.register(1).result()).isEqualTo(2);
      terminal.login();
      byte[] asks = terminal.signed(PeerTerminal.SECURITY_CONFIG, secretsAsked());
      assertThat(terminal.exchange(asks).result()).isEqualTo(3);
      String rotation = "{\"secrets\":[\"uplinkPassword\",\"downlinkPassword\"]}";
      assertThat(open.api()
              .full(
                  "POST",
                  "/v1/terminals/" + who.serial() + "/rotations",
                  rotation.getBytes(StandardCharsets.UTF_8))
              .answer()
              .status())
          .isEqualTo(202);
      assertThat(terminal.data(APP, HELLO)).isZero();
      assertThat(terminal.link().read(Duration.ofSeconds(1)))
          .as("a secret in clear")
          .isEmpty();
      PeerSecrecy secrecy = PeerSecrecy.login(terminal, BASE_KEY);
      PeerFrame given = terminal.link().read();
      assertThat(given.command()).isEqualTo(PeerTerminal.SECURITY_CONFIG);
      assertThat(secrecy.readBody(given)[0]).as("operation").isZero();
    }
  }

  private static byte[] secretsAsked() {
    return bytes()
        .u8(5)
        .raw(pairs(0xE038, 0xE036, 0xE02A, 0xE028, 0xE027, 0xE025))
        .toArray();
  }
}
