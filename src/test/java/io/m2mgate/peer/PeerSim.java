package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** What a scripted terminal does when its SIM parameters are set, written from wire.md 7 and behaviour.md 5.4.1. */
public final class PeerSim {
  public static final int PIN1 = 0xE001;
  public static final int PIN1_DIGEST = 0xE002;
  public static final int PIN1_ACTIVE = 0xE003;
  public static final int BINDING = 0xE00D;
  public static final int NONE = 0;
  public static final int LOCKED = 1;
  public static final int RELEASED = 2;
  private static final int REPORT = 4;
  private static final int SIM_CHANGED = 0x0A;

  private PeerSim() {}

  /** The body of an operation 0 that sets PIN1 and switches it on. */
  public static byte[] pin(String pin1) {
    return bytes().u8(0).tlv(PIN1, pin1).tlv(PIN1_ACTIVE, (byte) 1).toArray();
  }

  /** The body of an operation 0 that sets the binding alone. */
  public static byte[] binding(int mode) {
    return bytes().u8(0).tlv(BINDING, (byte) mode).toArray();
  }

  /** The digest of PIN1 as the answer to a question carries it: one of two ways. */
  public static byte[] digestTlv(Identity who, String pin1) {
    byte[] input = bytes()
        .ascii(who.serial())
        .ascii(who.imei(), 16)
        .ascii(who.imsi())
        .ascii(pin1, 8)
        .toArray();
    return bytes().tlv(PIN1_DIGEST, md5(input)).toArray();
  }

  public static byte[] md5(byte[] of) {
    try {
      return MessageDigest.getInstance("MD5").digest(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** LOGOUT because the SIM's parameters changed, then LOGIN up to the trap. */
  public static void comeBack(PeerTerminal terminal) {
    terminal.logout(SIM_CHANGED);
    terminal.login();
  }

  public static void logOut(PeerTerminal terminal) {
    terminal.logout(SIM_CHANGED);
  }

  public static byte[] reportFrame(PeerTerminal terminal, byte[] tlvs) {
    return terminal.signed(
        PeerTerminal.SECURITY_CONFIG, bytes().u8(REPORT).raw(tlvs).toArray());
  }

  public static void report(PeerTerminal terminal, byte[] tlvs) {
    assertThat(terminal.exchange(reportFrame(terminal, tlvs)).result()).isZero();
  }

  // The application's side

  /** Asks for a command; it is durable. Gives its id. */
  public static String ask(Api app, Identity who, String json, String... headers) {
    Api.Answer answer = app.full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            json.getBytes(StandardCharsets.UTF_8),
            headers)
        .answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    return answer.json().path("id").asText();
  }

  public static JsonNode command(Api app, String id) {
    return app.get("/v1/commands/" + id).json();
  }

  /** The command once it is in that state. */
  public static JsonNode await(Api app, String id, String state) {
    Await.until("command " + state, Await.PATIENCE, () -> {
      JsonNode now = command(app, id);
      boolean there = now.path("state").asText().equals(state);
      assertThat(!there && now.path("times").has("finished"))
          .as("ended otherwise: %s", now)
          .isFalse();
      return there;
    });
    return command(app, id);
  }
}
