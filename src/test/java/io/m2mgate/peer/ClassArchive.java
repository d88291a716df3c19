package io.m2mgate.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes that the jar loads at its start, kept beside it as {@code scripts/run} keeps them, so that the many starts of a test
 * run cost less. Made by the first who asks, of whatever process; stateless.
 */
final class ClassArchive {
  private static final List<String> QUIET = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off");

  private static final List<String> PORTS =
      List.of("terminal.tcp.port", "terminal.udp.port", "http.port", "mqtt.port");
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int HEAP_MEGABYTES = 512;

  private ClassArchive() {}

  /** Options for the virtual machine. One that cannot use the archive, or finds it of another jar, passes it over. */
  static List<String> options(Path jar) {
    return List.of("-XX:SharedArchiveFile=" + of(jar), "-Xshare:auto", QUIET.get(0), QUIET.get(1));
  }

  private static synchronized Path of(Path jar) {
    Path archive = jar.resolveSibling("m2mgate-tests.jsa");
    try (FileChannel turn = FileChannel.open(
            jar.resolveSibling("m2mgate-tests.jsa.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
        var held = turn.lock()) {
      if (isStale(archive, jar)) {
        Files.deleteIfExists(archive);
        make(archive);
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isStale(Path archive, Path jar) throws IOException {
    return !Files.exists(archive)
        || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0;
  }

  private static void make(Path archive) throws IOException {
    Path home = Files.createTempDirectory("m2mgate-classes");
    var arguments = new ArrayList<String>(List.of("run", "--set", "data.dir=" + home));
    PORTS.forEach(port -> arguments.addAll(List.of("--set", port + "=0")));
    JavaProcess process = JavaProcess.start(
        home,
        HEAP_MEGABYTES,
        List.of("-XX:ArchiveClassesAtExit=" + archive, QUIET.get(0), QUIET.get(1)),
        arguments);
    process.awaitLine("m2mgate ready", PATIENCE);
    process.terminate(PATIENCE);
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
