package io.m2mgate.session;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a frame came from and where answers to it go: a TCP connection, a UDP address, a telephone number. Bearers implement
 * it: two are equal when what is sent to one arrives where what is sent to the other does. A connection equals itself alone.
 */
public interface Origin {

  /** The {@link #bearer()} of TCP connections. */
  String TCP = "tcp";

  /** The {@link #bearer()} of UDP addresses. */
  String UDP = "udp";

  /** The {@link #bearer()} of telephone numbers. */
  String SMS = "sms";

  /** The lane that owns the socket. */
  int lane();

  /** {@code tcp}, {@code udp} or {@code sms}. */
  String bearer();

  /** Address for logs and events, {@code 192.0.2.7:40112}. */
  String remote();

  /** The address of {@link #remote()} without its port; a telephone number as it is. */
  static String source(String remote) {
    int port = remote.lastIndexOf(':');
    return port < 0 ? remote : remote.substring(0, port);
  }

  /** The peer's IP address; empty where it has none. */
  default Optional<InetAddress> address() {
    return Optional.empty();
  }

  /** Nobody between here and there can read what is sent: TLS. */
  default boolean confidential() {
    return false;
  }

  /** False once nothing can be sent there any more. */
  boolean open();

  /**
   * A frame of a terminal's session came from here and was let through. Called on the terminal's lane.
   *
   * @param heartbeatMillis how often the terminal is to be heard
   */
  void verified(long nowMillis, long heartbeatMillis);

  /**
   * This is where a terminal was verified, now or before: nobody else can have made it send what comes from here. Called on the
   * terminal's lane.
   */
  default void trusted() {}

  /** The same place without what is only of the message that came from it, for who keeps it. */
  default Origin lasting() {
    return this;
  }

  /** A frame that came from here is finished with: answered, refused or dropped. Called on its lane. */
  void completed(Inbound frame);
}
