package io.m2mgate.cli.simulate;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of {@code simulate} that are about remote upgrades. One run, one thread. */
final class RolloutFlags {
  private static final int MOST_BYTES = 256 * 1024 * 1024;

  @Option(
      names = "--upgrade-bytes",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Uploads a package of so many random bytes, has terminals told of it over HTTP and follows them to the end,"
              + " beside the load; 0 = none (default: ${DEFAULT-VALUE}).")
  private int bytes;

  @Option(
      names = "--upgrade-share",
      defaultValue = "1",
      description =
          "Part of the fleet that is told, the first terminals; of the others exchanges are compared, before and beside it"
              + " (default: ${DEFAULT-VALUE}).")
  private double share;

  @Option(
      names = "--upgrade-after",
      defaultValue = "5s",
      converter = SpanConverter.class,
      description = "How long the load goes on alone before that (default: ${DEFAULT-VALUE}).")
  private Duration lead;

  @Option(
      names = "--upgrade-within",
      defaultValue = "10m",
      converter = SpanConverter.class,
      description = "What it may take (default: ${DEFAULT-VALUE}).")
  private Duration within;

  @Option(
      names = "--block-size",
      defaultValue = "800",
      description = "Bytes of a file that a terminal asks for at once (default: ${DEFAULT-VALUE}).")
  private int blockBytes;

  @Option(
      names = "--install-delay",
      defaultValue = "1s",
      converter = SpanConverter.class,
      description =
          "Between the last block and the LOGIN with the new version (default: ${DEFAULT-VALUE}).")
  private Duration installDelay;

  /** What is wrong with them; empty where nothing is. */
  Optional<String> problem() {
    if (bytes < 0 || bytes > MOST_BYTES) {
      return Optional.of("--upgrade-bytes: valid is 0 to " + MOST_BYTES);
    }
    if (!(share > 0 && share <= 1)) {
      return Optional.of("--upgrade-share: valid is above 0 up to 1");
    }
    if (within.toSeconds() < 1) {
      return Optional.of("--upgrade-within: valid is 1s or more");
    }
    return blockBytes < 1 || blockBytes > 60_000
        ? Optional.of("--block-size: valid is 1 to 60000")
        : Optional.empty();
  }

  RolloutOptions options() {
    return new RolloutOptions(bytes, share, lead, within, blockBytes, installDelay);
  }
}
