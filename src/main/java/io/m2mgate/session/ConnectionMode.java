package io.m2mgate.session;

import io.m2mgate.dictionary.Code;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import java.util.Arrays;
import java.util.Optional;

/** How a terminal keeps its connection (TLV 4002, clause 5.2.2), by the names that the dictionary has for it. Immutable. */
public enum ConnectionMode {
  UDP_SHORT("udpShort"),
  UDP_LONG("udpLong"),
  TCP_SHORT("tcpShort"),
  TCP_LONG("tcpLong"),
  SMS("sms");

  private final String text;
  private final Optional<ConnectionMode> told = Optional.of(this);

  ConnectionMode(String text) {
    this.text = text;
  }

  /** What the value of the dialect's TLV stands for; empty where it has no name, or none of these. */
  public static Optional<ConnectionMode> of(Dialect dialect, int value) {
    TlvDef def = dialect.tlv(dialect.tags().connectMode());
    return def.values().find(value).map(Code::name).flatMap(ConnectionMode::ofText);
  }

  public static Optional<ConnectionMode> ofText(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.text.equals(text))
        .findFirst()
        .flatMap(mode -> mode.told);
  }

  /** That of a terminal that does not say: what it was heard by last, and long. */
  static ConnectionMode by(String bearer) {
    return switch (bearer) {
      case Origin.UDP -> UDP_LONG;
      case Origin.SMS -> SMS;
      default -> TCP_LONG;
    };
  }

  /** Heartbeats are expected: only then is their lack silence. */
  public boolean beats() {
    return this == UDP_LONG || this == TCP_LONG;
  }

  /** It logs in when it has something to say, and logs out when it has not: between the two nothing reaches it. */
  public boolean isShort() {
    return this == UDP_SHORT || this == TCP_SHORT;
  }

  public String text() {
    return text;
  }
}
