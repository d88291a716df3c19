package io.m2mgate.net;

import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address that one datagram came from. Small, for a terminal that is online keeps one: the address is packed, what is needed to
 * send is made when something is sent. Equal to every other of the same address and port. What may still be sent there is counted on
 * the lane of the terminal that the datagram was of.
 */
final class UdpOrigin implements Origin {

  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;
  /** Before an IPv4 address in the form of IPv6, which Java reads as IPv4 again. */
  private static final long MAPPED = 0xFFFF_0000_0000L;

  private static final long LOW_INT = 0xFFFF_FFFFL;
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final int LAST_PORT = 0xFFFF;

  private final UdpPort at;
  private final long high;
  private final long low;
  private final int scope;
  private final char port;
  private boolean trusted;
  private int answerBytes;
  private int requestBytes;

  /** @param receivedBytes that came from there: so many may be answered while no terminal is verified there */
  UdpOrigin(UdpPort at, InetSocketAddress sender, int receivedBytes) {
    this.at = at;
    this.port = (char) sender.getPort();
    byte[] address = sender.getAddress().getAddress();
    ByteBuffer bytes = ByteBuffer.wrap(address);
    if (address.length == V4_BYTES) {
      this.high = 0;
      this.low = MAPPED | bytes.getInt() & LOW_INT;
      this.scope = 0;
    } else {
      this.high = bytes.getLong();
      this.low = bytes.getLong();
      this.scope = sender.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
    }
    this.answerBytes = receivedBytes;
    this.requestBytes = at.candidateBytes();
  }

  /** The one whose {@link #remote()} is this; empty where it is no address and port. */
  static Optional<Origin> read(UdpPort at, String remote) {
    String host = Origin.source(remote);
    String digits = remote.substring(Math.min(host.length() + 1, remote.length()));
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
    if (address == null || !PORT.matcher(digits).matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port > LAST_PORT
        ? Optional.empty()
        : Optional.of(new UdpOrigin(at, new InetSocketAddress(address, port), 0));
  }

  @Override
  public int lane() {
    return at.lane();
  }

  @Override
  public String bearer() {
    return UDP;
  }

  @Override
  public String remote() {
    return inet().getHostAddress() + ":" + (int) port;
  }

  @Override
  public Optional<InetAddress> address() {
    return Optional.of(inet());
  }

  /** Where to send. */
  InetSocketAddress socketAddress() {
    return new InetSocketAddress(inet(), port);
  }

  private InetAddress inet() {
    byte[] bytes = ByteBuffer.allocate(V6_BYTES).putLong(high).putLong(low).array();
    try {
      return scope == 0
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of another length", e);
    }
  }

  @Override
  public boolean open() {
    return at.open();
  }

  @Override
  public void verified(long nowMillis, long heartbeatMillis) {
    // Nothing is kept open for it.
  }

  @Override
  public void trusted() {
    trusted = true;
  }

  @Override
  public void grant(int bytes) {
    answerBytes += bytes;
  }

  @Override
  public boolean takesAnswer(int bytes) {
    if (!trusted && bytes > answerBytes) {
      at.drop(DatagramDrop.AMPLIFICATION);
      return false;
    }
    answerBytes -= trusted ? 0 : bytes;
    return true;
  }

  @Override
  public boolean takesRequest(int bytes) {
    if (!trusted && bytes > requestBytes) {
      at.drop(DatagramDrop.CANDIDATE_BYTES);
      return false;
    }
    requestBytes -= trusted ? 0 : bytes;
    return true;
  }

  @Override
  public void completed(Inbound frame) {
    at.completed(frame);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UdpOrigin that
        && low == that.low
        && port == that.port
        && high == that.high
        && scope == that.scope;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(low) + Long.hashCode(high)) + port;
  }
}
