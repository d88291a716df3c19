package io.m2mgate.cli.simulate;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code simulate} that are about what carries frames, and about very many terminals. One run, one thread. */
final class BearerFlags {
  @Option(
      names = "--bearer",
      defaultValue = "tcp",
      converter = BearerConverter.class,
      description = {
        "What carries the frames: tcp; udp, where terminals share sockets as they share addresses behind a NAT; or sms, where",
        "this process is the short message centre that the gateway binds to, terminals have nothing but their numbers, and nothing is signed",
        "(default: ${DEFAULT-VALUE})."
      })
  private Bearer bearer;

  @Option(
      names = "--sockets",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Datagram sockets of each event loop, two at least; 0 = one for every 1,000 terminals, and eight at least.")
  private int sockets;

  @Option(
      names = "--smsc-port",
      paramLabel = "PORT",
      defaultValue = "2775",
      description = {
        "Where the centre listens on this machine, by SMPP 3.4 for any account; 0 = any port, which is printed (default: ${DEFAULT-VALUE}).",
        "For the gateway: sms.enabled=true sms.smpp.host=127.0.0.1 sms.smpp.port=PORT sms.smpp.systemId=ANY, and sms.perSecond above what the fleet is answered."
      })
  private int smscPort;

  @Option(
      names = "--duplicates",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Part of the datagrams or messages that the lines of lossy terminals double, 0 to 0.9.")
  private double duplicates;

  @Option(
      names = "--reorders",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Part of the datagrams that they delay, so that others overtake them, 0 to 0.9.")
  private double reorders;

  @Option(
      names = "--rebind-every",
      paramLabel = "SPAN",
      defaultValue = "1m",
      converter = SpanConverter.class,
      description =
          "How long terminals that rebind keep an address, on average (default: ${DEFAULT-VALUE}).")
  private Duration rebindEvery;

  @Option(
      names = "--switch-every",
      paramLabel = "SPAN",
      defaultValue = "1m",
      converter = SpanConverter.class,
      description =
          "How long terminals that switch keep a bearer, on average (default: ${DEFAULT-VALUE}).")
  private Duration switchEvery;

  @Option(
      names = "--idle",
      paramLabel = "SPAN",
      defaultValue = "1m",
      converter = SpanConverter.class,
      description =
          "How long terminals of short connections have nothing to say before they log out"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration idle;

  @Option(
      names = "--heartbeat-probe",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "So many terminals come first, and beat while the others log in: the report has the latency of",
        "beats during the storm."
      })
  private int probes;

  @Option(
      names = "--probe-every",
      paramLabel = "SPAN",
      defaultValue = "1s",
      converter = SpanConverter.class,
      description = "How often those beat (default: ${DEFAULT-VALUE}).")
  private Duration probeEvery;

  @Option(
      names = "--of",
      paramLabel = "N",
      defaultValue = "1",
      description = "Splits the --terminals of a seed among so many processes.")
  private int of;

  @Option(
      names = "--part",
      paramLabel = "K",
      defaultValue = "1",
      description = "Which of them this one is, from 1.")
  private int part;

  /** What is wrong with them together; empty where nothing is. */
  Optional<String> problem() {
    if (sockets < 0 || sockets > 5_000) {
      return Optional.of("--sockets: valid is 0 to 5000");
    }
    if (smscPort < 0 || smscPort > 65_535) {
      return Optional.of("--smsc-port: valid is 0 to 65535");
    }
    if (!isShare(duplicates)) {
      return Optional.of("--duplicates: valid is 0 to 0.9");
    }
    if (!isShare(reorders)) {
      return Optional.of("--reorders: valid is 0 to 0.9");
    }
    if (rebindEvery.isZero()) {
      return Optional.of("--rebind-every: valid is more than 0");
    }
    if (switchEvery.isZero()) {
      return Optional.of("--switch-every: valid is more than 0");
    }
    if (probes < 0) {
      return Optional.of("--heartbeat-probe: valid is 0 or more");
    }
    if (probeEvery.isZero()) {
      return Optional.of("--probe-every: valid is more than 0");
    }
    return of < 1 || part < 1 || part > of
        ? Optional.of("--part: valid is 1 to --of")
        : Optional.empty();
  }

  private static boolean isShare(double share) {
    return share >= 0 && share <= 0.9;
  }

  /** What a run over that cannot do. */
  Optional<String> problem(SecurityOptions security) {
    boolean registers = security.register().isPresent() || security.clear();
    if (bearer == Bearer.UDP && registers) {
      return Optional.of(
          "--bearer: over udp nobody registers; secrets do not leave in clear there");
    }
    return bearer == Bearer.UDP && !security.misdeeds().isEmpty()
        ? Optional.of("--misbehave: goes over connections, with --bearer tcp only")
        : Optional.empty();
  }

  /** What a run by message cannot do, which is bare of secrets, of beats, and of frames longer than a message. */
  Optional<String> problem(FleetOptions run) {
    return bearer == Bearer.SMS ? MessageLimits.problem(run) : Optional.empty();
  }

  int smscPort() {
    return smscPort;
  }

  BearerOptions options() {
    return new BearerOptions(
        bearer, sockets, duplicates, reorders, rebindEvery, switchEvery, idle, probes, probeEvery);
  }

  /** The number of the first terminal of this process, of so many in all; of the next process with one more. */
  int first(int terminals, int beyond) {
    return (int) ((long) terminals * (part - 1 + beyond) / of);
  }

  private static final class BearerConverter implements ITypeConverter<Bearer> {
    @Override
    public Bearer convert(String text) {
      return Bearer.find(text)
          .orElseThrow(
              () -> new TypeConversionException("'" + text + "' is none of [tcp, udp, sms]"));
    }
  }
}
