package io.m2mgate.cli.bench;

import io.m2mgate.cli.simulate.Bearer;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.cli.simulate.RunningGateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What load is put on: a gateway or an echo that the bench started, or a gateway that runs already and can only be looked at from
 * outside. One thread.
 *
 * @param readyMillis from the start of the process to its ready line; 0 for one that ran already
 */
record Subject(Target target, Optional<Child> child, double readyMillis) implements AutoCloseable {
  private static final String GATEWAY_READY = "m2mgate ready in ";

  /** A gateway on this home; what is stored there from an earlier one stays. */
  static Subject gateway(Path home, BenchOptions options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("run"));
    List<String> settings = new ArrayList<>(List.of(
        "data.dir=" + home.resolve("data"),
        "terminal.tcp.port=0",
        "terminal.udp.port=0",
        "http.port=0",
        "mqtt.port=0",
        "lanes=" + options.loops()));
    options.store().ifPresent(url -> settings.add("store.url=" + url));
    settings.addAll(options.settings());
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    long began = System.nanoTime();
    Child child = Child.start(ProbedGateway.class, home, options.javaOptions(), arguments);
    try {
      child.awaitReady(GATEWAY_READY);
      double millis = (System.nanoTime() - began) / 1e6;
      Target found = RunningGateway.find(home.resolve("data"), List.of(), Optional.empty(), true);
      return new Subject(found, Optional.of(child), millis);
    } catch (IOException e) {
      child.close();
      throw e;
    }
  }

  /** A gateway that somebody else started. */
  static Subject running(Path dataDir) throws IOException {
    return new Subject(
        RunningGateway.find(dataDir, List.of(), Optional.empty()), Optional.empty(), 0);
  }

  static Subject echo(Path home, BenchOptions options, Bearer bearer) throws IOException {
    Child child = Child.start(
        bearer == Bearer.UDP ? DatagramEcho.class : EchoServer.class,
        home,
        options.echoJavaOptions(),
        List.of(Integer.toString(options.loops())));
    int port = Integer.parseInt(child.awaitReady(EchoServer.READY).strip());
    var address = new InetSocketAddress("127.0.0.1", port);
    var target =
        new Target(address, Optional.of(address), URI.create("http://127.0.0.1:" + port), "");
    return new Subject(target, Optional.of(child), 0);
  }

  @Override
  public void close() {
    child.ifPresent(Child::close);
  }

  /** A directory that is gone when the figure is taken. */
  static Path temporaryHome() throws IOException {
    return Files.createTempDirectory("m2mgate-bench");
  }

  static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
