package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerRegistration.Parameters;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A terminal from its first registration on: what it keeps between two connections, and each step that wire.md and behaviour.md
 * have it take. A step finds its way back by itself where the line was lost before it. One thread owns it.
 */
public final class PeerLife implements AutoCloseable {
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final String WITHOUT_SECRETS = "";
  private static final int EXPIRY_BYTES = 4;

  private final InetSocketAddress platform;
  private final List<String> everySecret = new ArrayList<>();
  private Identity who;
  private String baseKey = WITHOUT_SECRETS;
  private Identity renewed;
  private String renewedBaseKey = WITHOUT_SECRETS;
  private int given;

  private int asked = PeerRegistration.ASK_SERIAL;
  private PeerRegistration registration;
  private Parameters parameters;
  private PeerTerminal terminal;
  private PeerCipher cipher;
  private boolean lineLost;

  /** One that has nothing but its SIM and what its maker printed on it. */
  public PeerLife(InetSocketAddress platform) {
    this.platform = platform;
    Identity fresh = Identity.fresh();
    who = new Identity(PLACEHOLDER, fresh.imei(), fresh.imsi(), WITHOUT_SECRETS, WITHOUT_SECRETS);
    renewed = who;
  }

  /** Who it is by now. */
  public Identity who() {
    return who;
  }

  /** All that it was ever given. */
  public List<String> everySecret() {
    return List.copyOf(everySecret);
  }

  /** Its connection is gone; it notices with its next step. */
  public void loseLine() {
    lineLost = true;
    close();
  }

  // Registration

  /** Asks for a serial and its secrets. */
  public void register() {
    register(PeerRegistration.ASK_SERIAL);
  }

  /** Loses its passwords and its key, and asks for others. */
  public void clear() {
    who = new Identity(who.serial(), who.imei(), who.imsi(), WITHOUT_SECRETS, WITHOUT_SECRETS);
    baseKey = WITHOUT_SECRETS;
    register(PeerRegistration.CLEARED);
  }

  private void register(int operation) {
    close();
    lineLost = false;
    asked = operation;
    registration = new PeerRegistration(platform);
    var answer = registration.register(operation, who);
    assertThat(answer.result()).as("REGISTER_ACK result").isZero();
    who = new Identity(answer.serial(), who.imei(), who.imsi(), who.uplink(), who.downlink());
  }

  /** Waits for its secrets on the connection it registered from; registers again where that is gone. */
  public void takeParameters() {
    if (lineLost) {
      String before = who.serial();
      register(asked);
      assertThat(who.serial()).as("serial of the second registration").isEqualTo(before);
    }
    parameters = registration.parameters();
    who = parameters.of(who);
    baseKey = parameters.baseKey();
    everySecret.addAll(List.of(who.uplink(), who.downlink(), baseKey));
  }

  /** False where nothing is left to acknowledge them on. */
  public boolean acknowledgeParameters() {
    if (!lineLost) {
      registration.acknowledge(parameters, 0);
    }
    return !lineLost;
  }

  // Sessions

  /** LOGIN that proves the base key: a session that nothing has confirmed yet, and its key. */
  public void logIn() {
    int sequence = terminal == null ? 1 : terminal.nextSequence();
    close();
    lineLost = false;
    terminal = new PeerTerminal(who, platform).countingFrom(sequence);
    cipher = new PeerCipher(terminal, baseKey, PeerCipher.Kind.TRIPLE_DES, PeerCipher.Digest.MD5);
    cipher.take(cipher.exchangeLogin(cipher.loginFrame(cipher.proof(0xFFFFFFFFL))));
    assertThat(cipher.sessionKey()).as("session key").hasSize(16);
  }

  /** The login trap: the session is in force. */
  public void confirm() {
    goOn();
    assertThat(cipher.exchange(PeerTerminal.CONFIG_TRAP, new byte[0])).startsWith((byte) 0);
  }

  /** A reading inside ciphertext. */
  public void send(String app, String payload) {
    goOn();
    assertThat(cipher.data(app, payload)).as("TRANSPARENT_DATA_ACK result").isZero();
  }

  /** LOGOUT with a reason of wire.md 7; afterwards what it was given is its own. */
  public void logOut(int reason) {
    goOn();
    assertThat(cipher.exchange(PeerTerminal.LOGOUT, bytes().u8(reason).toArray()))
        .isEmpty();
    who = renewed;
    baseKey = renewedBaseKey;
  }

  /** A session outlives its connection. */
  private void goOn() {
    if (lineLost) {
      terminal.reconnect();
      lineLost = false;
    }
  }

  // Rotation

  /** Reads what it is to use from its next LOGIN on. */
  public void takeNewSecrets() {
    if (lineLost) {
      confirm();
    }
    PeerFrame frame = terminal.link().read();
    assertThat(frame.command()).as("command of %s", frame).isEqualTo(PeerRotation.SECURITY_CONFIG);
    byte[] body = cipher.open(frame);
    assertThat(body[0]).as("operation").isZero();
    Map<Integer, byte[]> values = PeerRotation.tlvs(body, 1, expectedBytes());
    List<String> secrets = new ArrayList<>();
    for (int tag : new int[] {PeerRotation.UPLINK, PeerRotation.DOWNLINK, PeerRotation.BASE_KEY}) {
      secrets.add(new String(values.get(tag), StandardCharsets.US_ASCII));
    }
    if (given != 0) {
      assertThat(secrets)
          .as("the set that is given again")
          .containsExactly(renewed.uplink(), renewed.downlink(), renewedBaseKey);
    }
    renewed = new Identity(who.serial(), who.imei(), who.imsi(), secrets.get(0), secrets.get(1));
    renewedBaseKey = secrets.get(2);
    everySecret.addAll(secrets);
    given = frame.sequence();
  }

  /** Operation byte, three secrets and their expiries; the padding of triple DES follows. */
  private static int expectedBytes() {
    return 1 + 6 * 4 + 8 + 8 + 24 + 3 * EXPIRY_BYTES;
  }

  /** The ack of what it was given last; waits for it again where the line was lost since. */
  public void acknowledgeNewSecrets() {
    if (lineLost) {
      takeNewSecrets();
    }
    terminal
        .link()
        .write(cipher.encrypted(PeerRotation.ACK, given, bytes().u8(0).toArray()));
  }

  /** What LOGIN says to a terminal that still uses these. */
  public static int loginResult(InetSocketAddress platform, Identity old) {
    try (PeerTerminal outdated = new PeerTerminal(old, platform)) {
      return outdated.exchangeLogin(outdated.loginFrame(1, 0)).result();
    }
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.close();
    }
    if (terminal != null) {
      terminal.close();
    }
  }
}
