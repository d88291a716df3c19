package io.m2mgate.bridge;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Reads addresses as sockets and proxies write them. Resolves no name; stateless. */
public final class ClientAddress {

  private ClientAddress() {}

  public static Optional<InetAddress> of(SocketAddress peer) {
    return Optional.ofNullable(peer).map(SocketAddress::hostAddress).flatMap(ClientAddress::of);
  }

  /** With or without a port; an IPv4 address within IPv6 is itself. Empty for anything else. */
  public static Optional<InetAddress> of(String text) {
    var bare = text;
    if (text.startsWith("[")) {
      bare = text.substring(1, Math.max(1, text.indexOf(']')));
    } else if (text.indexOf(':') > 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      bare = text.substring(0, text.indexOf(':'));
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
    try {
      return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
