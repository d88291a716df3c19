package io.m2mgate.bridge.webhook;

import io.m2mgate.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** Which addresses webhooks may call ({@code application.md}, Security). Immutable. */
public sealed interface AddressRule {

  /** Judged by the address alone: whatever name led to it. */
  boolean allows(InetAddress address);

  /** The ranges that the operator named, whatever lies in them. */
  record Within(List<Cidr> ranges) implements AddressRule {
    public Within {
      ranges = List.copyOf(ranges);
    }

    @Override
    public boolean allows(InetAddress address) {
      return in(ranges, address);
    }
  }

  /** This machine, of a gateway that is itself reached from this machine only. */
  record Loopback() implements AddressRule {
    @Override
    public boolean allows(InetAddress address) {
      return address.isLoopbackAddress();
    }
  }

  /**
   * The internet, and nothing that leads into a private network by another form: of IPv6 only global unicast, without the
   * ranges that carry an IPv4 address inside.
   */
  record Public() implements AddressRule {
    private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3").orElseThrow();
    private static final List<Cidr> SPECIAL = Stream.of(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20")
        .map(range -> Cidr.parse(range).orElseThrow())
        .toList();
    private static final int IPV4_BYTES = 4;

    @Override
    public boolean allows(InetAddress address) {
      boolean global =
          address.getAddress().length == IPV4_BYTES || GLOBAL_UNICAST.contains(address);
      return global && !in(SPECIAL, address);
    }
  }

  private static boolean in(List<Cidr> ranges, InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }
}
