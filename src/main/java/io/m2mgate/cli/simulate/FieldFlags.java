package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FieldOptions.Persona;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code simulate} that are about how terminals behave and what is asked of them. One run, one thread. */
final class FieldFlags {
  private static final int LEAST_COMPARED = 3;

  @Option(
      names = "--persona",
      paramLabel = "NAME[+NAME]=SHARE",
      split = ",",
      converter = PersonaConverter.class,
      description = {
        "A part of the fleet that is not like the rest, names joined by + where one terminal has several:",
        "slow: answers after one to three seconds;",
        "lossy: loses --loss of its frames, either way, and sends three times, --timeout apart;",
        "one-at-a-time: ignores whatever arrives while a request of its own is open;",
        "drops-crossings: loses what crosses a request of its own, which it begins at such moments;",
        "segments-900: long bodies go in parts of 900 bytes with an empty one at the end;",
        "foreign-sequence: answers LOGOUT and DOWNLOAD_INFO under another sequence, one of eight others too;",
        "short-4017: cuts the CRC32 of what it applied to two bytes;",
        "refuses-data: answers data with result 5, which says that it was handed over;",
        "reconnects: drops its connection, --reconnect-every on average, and goes on over another;",
        "rebinds: has another UDP address now and then, --rebind-every on average: every second one right behind a",
        "  request, whose answer is lost with it, and the others with a beat;",
        "switches: goes on over the other of tcp and udp, --switch-every on average, in the same session;",
        "short: logs in when it has something to say, and out after --idle without;",
        "same-sequence-drops: answers a repeated sequence again and does nothing twice;",
        "dead: logs in and is never heard again, its connection stays;",
        "reboots-mid-download: loses its connection and session in the middle of a download, and goes on with it;",
        "odd-sizes: asks for blocks of 1, 799, 8191 and 60000 bytes, also such that are not the next one;",
        "lies-about-version: has the whole file, and comes back with the version that it had;",
        "gives-up: gives a download up in its middle."
      })
  private List<Persona> personas = List.of();

  @Option(
      names = "--loss",
      defaultValue = "0.01",
      description =
          "Part of the frames that lossy terminals lose, 0 to 0.9 (default: ${DEFAULT-VALUE}).")
  private double loss;

  @Option(
      names = "--reconnect-every",
      defaultValue = "30s",
      converter = SpanConverter.class,
      description =
          "How long terminals that reconnect keep a connection, on average (default: ${DEFAULT-VALUE}).")
  private Duration reconnectEvery;

  @Option(
      names = "--reports",
      paramLabel = "SPAN",
      defaultValue = "0",
      converter = SpanConverter.class,
      description =
          "Terminals report alarms, statistics and local changes, one so often on average; 0 = never"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration reports;

  @Option(
      names = "--no-sync-list",
      description =
          "LOGIN says that there are no parameters to keep the same, instead of their CRC32.")
  private boolean noSyncList;

  @Option(
      names = "--commands-each",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Asks for so many commands for each terminal over HTTP, and follows them to their ends; with dead terminals",
        "each living one gets one, then the dead get theirs, then the living the rest."
      })
  private int each;

  @Option(
      names = "--command-rate",
      defaultValue = "100",
      description = "Commands asked for in a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--command-kinds",
      paramLabel = "KIND",
      split = ",",
      defaultValue = "read,configure,control,data",
      converter = KindConverter.class,
      description =
          "In turn: read, read-all (long), configure, readdress (LOGOUT and LOGIN follow), control, restart"
              + " (LOGOUT and LOGIN follow), data (default: ${DEFAULT-VALUE}).")
  private List<AskedKind> kinds;

  @Option(
      names = "--command-expires",
      defaultValue = "2m",
      converter = SpanConverter.class,
      description = "When a command is to have ended (default: ${DEFAULT-VALUE}).")
  private Duration expires;

  @Option(
      names = "--dead-queue",
      defaultValue = "100",
      description = "Commands for each dead terminal; the gateway takes commands.maxPerTerminal"
          + " (default: ${DEFAULT-VALUE}).")
  private int deadQueue;

  @Option(
      names = "--compare-dead",
      description = {
        "Compares what commands to the living take without and beside queues of dead terminals: of --commands-each the",
        "first round warms up, the others are without, beside, beside, without, and so on; the queues are filled before",
        "the first beside and cancelled before the next without."
      })
  private boolean comparesDead;

  /** What is wrong with them together; empty where nothing is. */
  Optional<String> problem() {
    if (!(loss >= 0 && loss <= 0.9)) {
      return Optional.of("--loss: valid is 0 to 0.9");
    }
    if (personas.stream().mapToDouble(Persona::share).sum() > 1.000_001) {
      return Optional.of("--persona: valid are shares of at most 1 together");
    }
    if (reconnectEvery.isZero()) {
      return Optional.of("--reconnect-every: valid is more than 0");
    }
    if (each < 0 || each > 100) {
      return Optional.of("--commands-each: valid is 0 to 100");
    }
    if (rate < 1) {
      return Optional.of("--command-rate: valid is 1 or more");
    }
    if (expires.toSeconds() < 1) {
      return Optional.of("--command-expires: valid is 1s or more");
    }
    if (comparesDead && each < LEAST_COMPARED) {
      return Optional.of("--compare-dead: needs --commands-each of 3 or more");
    }
    return deadQueue < 0 || deadQueue > 1_000
        ? Optional.of("--dead-queue: valid is 0 to 1000")
        : Optional.empty();
  }

  FieldOptions field() {
    return new FieldOptions(personas, loss, reconnectEvery, reports, !noSyncList);
  }

  CommandOptions commands() {
    return new CommandOptions(each, kinds, rate, expires, deadQueue, comparesDead);
  }

  private static final class PersonaConverter implements ITypeConverter<Persona> {
    @Override
    public Persona convert(String text) {
      String[] sides = text.split("=", 2);
      Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
      for (String name : sides[0].split("\\+")) {
        quirks.add(Quirk.find(name)
            .orElseThrow(() -> none(name, Quirk.stream().map(Quirk::text).toList())));
      }
      try {
        double share = sides.length == 2 ? Double.parseDouble(sides[1]) : 0;
        if (share > 0 && share <= 1) {
          return new Persona(quirks, share);
        }
      } catch (NumberFormatException e) {
        // Said below, as for any other share that is none.
      }
      throw new TypeConversionException(
          "'" + text + "': a share is above 0 up to 1, as in slow=0.1");
    }
  }

  private static final class KindConverter implements ITypeConverter<AskedKind> {
    @Override
    public AskedKind convert(String text) {
      return AskedKind.stream()
          .filter(kind -> kind.text().equals(text))
          .findFirst()
          .orElseThrow(() -> none(text, AskedKind.stream().map(AskedKind::text).toList()));
    }
  }

  private static TypeConversionException none(String text, List<String> valid) {
    return new TypeConversionException("'" + text + "' is none of " + valid);
  }
}
