package io.m2mgate.cli.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is measured and how long.
 *
 * @param time how long one round of load lasts
 * @param rounds rounds of each kind; the figure is their median
 * @param terminals of the figures that are about many idle ones
 * @param loops event loops of what is measured, and of the load
 * @param store where the gateway of the bench keeps its data, when it is not the embedded store
 * @param settings further settings of the gateway that the bench starts
 * @param running data directory of a gateway that runs already
 */
record BenchOptions(
    Duration time,
    int rounds,
    int terminals,
    int loops,
    Optional<String> store,
    List<String> settings,
    List<String> javaOptions,
    Optional<Path> running) {

  /** The same with one more setting, which yields to those that were asked for. */
  BenchOptions with(String setting) {
    List<String> all = Stream.concat(Stream.of(setting), settings.stream()).toList();
    return new BenchOptions(time, rounds, terminals, loops, store, all, javaOptions, running);
  }

  /** The same machine for the echo; a recording is of the gateway alone. */
  List<String> echoJavaOptions() {
    return javaOptions.stream()
        .filter(it -> !it.startsWith("-XX:StartFlightRecording"))
        .toList();
  }
}
