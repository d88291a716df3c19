package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The gateway as an operator runs it: the fat jar in a process of its own, on any free ports and a fresh data directory. */
public final class GatewayProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(180);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final List<String> PORTS = List.of("tcp", "udp", "http", "mqtt");

  private static final int HEAP_MEGABYTES = 512;

  private final Path home;
  private int heapMegabytes;
  private final List<String> settings;
  private JavaProcess process;
  private JsonNode endpoints;

  private GatewayProcess(Path home, int heapMegabytes, List<String> settings) {
    this.home = home;
    this.heapMegabytes = heapMegabytes;
    this.settings = settings;
  }

  /** Starts a gateway and waits until it says it is ready. */
  public static GatewayProcess start(String... settings) {
    return startWithin(HEAP_MEGABYTES, settings);
  }

  /** The same with a heap of so many megabytes and no more. */
  public static GatewayProcess startWithin(int heapMegabytes, String... settings) {
    try {
      return startIn(Files.createTempDirectory("m2mgate-it"), heapMegabytes, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same in a directory of the test's own, which is removed at the end. */
  public static GatewayProcess startIn(Path home, String... settings) {
    return startIn(home, HEAP_MEGABYTES, settings);
  }

  private static GatewayProcess startIn(Path home, int heapMegabytes, String... settings) {
    try {
      var gateway =
          new GatewayProcess(Files.createDirectories(home), heapMegabytes, List.of(settings));
      gateway.launch(PORTS.stream().map(name -> portSetting(name) + "=0").toList());
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void launch(List<String> ports) {
    var arguments = new ArrayList<String>(List.of("run", "--set", "data.dir=" + dataDir()));
    Stream.concat(ports.stream(), settings.stream())
        .forEach(setting -> arguments.addAll(List.of("--set", setting)));
    process = JavaProcess.start(home, heapMegabytes, arguments);
    process.awaitLine("m2mgate ready", START);
    endpoints = readEndpoints();
  }

  private JsonNode readEndpoints() {
    try {
      return new ObjectMapper().readTree(Files.readString(dataDir().resolve("endpoints.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String portSetting(String name) {
    return switch (name) {
      case "tcp", "udp" -> "terminal." + name + ".port";
      default -> name + ".port";
    };
  }

  /** Starts it again on the same data and the ports it had, so that everybody finds it again. */
  public GatewayProcess restart() {
    assertThat(process.alive()).as("gateway still running").isFalse();
    launch(PORTS.stream()
        .filter(name -> endpoint(name).getPort() > 0)
        .map(name -> portSetting(name) + "=" + endpoint(name).getPort())
        .toList());
    return this;
  }

  /** The same with a heap of so many megabytes and no more. */
  public GatewayProcess restartWithin(int megabytes) {
    heapMegabytes = megabytes;
    return restart();
  }

  /** SIGSTOP: it stands still, and its sockets stay open. */
  public GatewayProcess freeze() {
    Signal.STOP.to(process.handle());
    return this;
  }

  /** SIGCONT: it goes on where it stood. */
  public GatewayProcess thaw() {
    Signal.CONT.to(process.handle());
    return this;
  }

  /** SIGKILL: nothing is flushed, nothing is said. */
  public GatewayProcess kill() {
    process.kill();
    return this;
  }

  /** SIGTERM; fails unless it ends by itself in time. Gives the exit code. */
  public int terminate() {
    return process.terminate(STOP);
  }

  public boolean alive() {
    return process.alive();
  }

  public JavaProcess process() {
    return process;
  }

  public Path dataDir() {
    return home.resolve("data");
  }

  /** The bound address of {@code tcp}, {@code udp}, {@code http} or {@code mqtt}. */
  public URI endpoint(String name) {
    return URI.create(endpoints.path(name).asText());
  }

  public InetSocketAddress terminals() {
    URI tcp = endpoint("tcp");
    return new InetSocketAddress(tcp.getHost(), tcp.getPort());
  }

  /** Where terminals come to with datagrams. */
  public InetSocketAddress datagrams() {
    URI udp = endpoint("udp");
    return new InetSocketAddress(udp.getHost(), udp.getPort());
  }

  public String adminKey() {
    try {
      return Files.readString(dataDir().resolve("admin.key")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Api api() {
    return new Api(endpoint("http"), adminKey());
  }

  /** A terminal can never cause a stack trace, and nobody a leaked buffer. */
  private void expectCleanOutput() {
    assertThat(process.output())
        .as("output of the gateway")
        .noneMatch(line -> line.contains("LEAK:") || line.startsWith("\tat "));
  }

  /** The end of a test class: checks what was printed, and closes whatever comes of it. */
  public void closeClean() {
    try {
      expectCleanOutput();
    } finally {
      close();
    }
  }

  /** Sockets, files and pipes that it holds open. */
  public int descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc", process.pid() + "", "fd"))) {
      return (int) open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the garbage collected, so that what is used afterwards is held. */
  public void collectGarbage() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process done = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    if (done.waitFor() != 0) {
      throw new AssertionError("jcmd ended with " + done.exitValue());
    }
  }

  /** What it takes of the machine's memory, in megabytes. */
  public long residentMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc", process.pid() + "", "status"))) {
      String resident =
          lines.filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(resident.replaceAll("[^0-9]", "")) / 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public PeerTerminal terminal(Identity who) {
    return new PeerTerminal(who, terminals());
  }

  /** The same over UDP. */
  public PeerTerminal datagramTerminal(Identity who) {
    return new PeerTerminal(who, datagrams(), new PeerDatagrams(datagrams()));
  }

  @Override
  public void close() {
    process.kill();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
