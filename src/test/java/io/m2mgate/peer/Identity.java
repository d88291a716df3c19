package io.m2mgate.peer;

import java.util.concurrent.atomic.AtomicInteger;

/** Who a scripted terminal is: what the platform was told of it when it was provisioned. */
public record Identity(String serial, String imei, String imsi, String uplink, String downlink) {
  private static final AtomicInteger NEXT = new AtomicInteger(1);

  /** One that no other test of this process uses. */
  public static Identity fresh() {
    return numbered(NEXT.getAndIncrement());
  }

  public static Identity numbered(int number) {
    return new Identity(
        "PEER%012d".formatted(number),
        "35%013d".formatted(number),
        "46001%010d".formatted(number),
        "Up%06d".formatted(number),
        "Dn%06d".formatted(number));
  }
}
