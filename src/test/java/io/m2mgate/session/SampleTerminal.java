package io.m2mgate.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The terminal of the worked packets, as it is provisioned. */
public final class SampleTerminal {
  public static final String SERIAL = "ASM7000722222222";
  public static final String IMEI = "351692032182973";
  public static final String IMSI = "460007914127292";
  public static final String NUMBER = "8613800000000";
  public static final String UPLINK = "12345678";
  public static final String DOWNLINK = "87654321";
  public static final String APP = "EC01";

  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleTerminal() {}

  public static TerminalRecord provisioned(boolean enabled) {
    return new TerminalRecord(
        SERIAL, IMEI, Optional.of(IMSI), APP, "sample", Optional.of(NUMBER), enabled, 0, 0, 1);
  }

  public static Identity identity() {
    return Identity.of(provisioned(true), secrets());
  }

  public static Keyring keyring() {
    return Keyring.of(provisioned(true), secrets(), Optional.empty(), Optional.empty());
  }

  private static SecretSet secrets() {
    return new SecretSet(0, ascii(UPLINK), ascii(DOWNLINK), new byte[0], SecretSet.Expiries.NEVER);
  }

  public static Terminal with(Profile profile) {
    return new Terminal(provisioned(true), keyring(), profile, 0);
  }

  public static Terminal disabled() {
    return new Terminal(provisioned(false), keyring(), profile("{}"), 0);
  }

  public static Terminal usual() {
    return with(profile("{}"));
  }

  /** The default profile with these members in place of its own. */
  public static Profile profile(String json) {
    Profiles profiles = new Profiles(dialect -> true);
    profiles.put("sample", json(json));
    return profiles.get("sample");
  }

  public static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
