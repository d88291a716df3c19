package io.m2mgate.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel of Linux holds for sockets: its slabs and the pages of their queues. Stateless. */
final class KernelMemory {
  private static final Path SLABS = Path.of("/proc/meminfo");
  private static final Path SOCKETS = Path.of("/proc/net/sockstat");
  private static final Pattern SLAB = Pattern.compile("Slab: +(\\d+) kB");
  private static final Pattern QUEUES = Pattern.compile("TCP: .* mem (\\d+)");
  private static final Pattern DATAGRAMS = Pattern.compile("UDP: .* mem (\\d+)");
  private static final int PAGE = 4096;

  private KernelMemory() {}

  static boolean readable() {
    return Files.isReadable(SLABS) && Files.isReadable(SOCKETS);
  }

  /** Of the whole machine: only a difference says something, and both ends of a connection within it are in it. */
  static long bytes() throws IOException {
    return number(SLABS, SLAB) * 1024
        + (number(SOCKETS, QUEUES) + number(SOCKETS, DATAGRAMS)) * PAGE;
  }

  private static long number(Path file, Pattern pattern) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .findFirst()
        .orElse(0);
  }
}
