package io.m2mgate.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Datagrams that the kernel threw away before they were read, as Linux tells it of each socket. Stateless; reading blocks. */
public final class KernelLoss {

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
  private static final int LOCAL_ADDRESS = 1;
  private static final int HEX = 16;

  private KernelLoss() {}

  /** Of all sockets that are bound to this port now; 0 where the kernel does not tell. */
  public static long of(int port) {
    return TABLES.stream().mapToLong(table -> in(table, port)).sum();
  }

  private static long in(Path table, int port) {
    try (Stream<String> lines = Files.lines(table)) {
      return lines.skip(1).mapToLong(line -> lost(line, port)).sum();
    } catch (IOException notLinux) {
      return 0;
    }
  }

  /** What one line of the table counts, where it is of that port. */
  static long lost(String line, int port) {
    String[] fields = line.strip().split("\\s+");
    String local = fields.length > LOCAL_ADDRESS ? fields[LOCAL_ADDRESS] : "";
    try {
      boolean its = Integer.parseInt(local.substring(local.indexOf(':') + 1), HEX) == port;
      return its ? Long.parseLong(fields[fields.length - 1]) : 0;
    } catch (NumberFormatException anotherForm) {
      return 0;
    }
  }
}
