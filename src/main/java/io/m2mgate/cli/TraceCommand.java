package io.m2mgate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate trace}: shows frames of a running gateway as they come and go. One run, one thread. */
@Command(
    name = "trace",
    description = {
      "Shows the frames of one terminal, or of an address range, as they cross a running gateway: what came,",
      "what became of it, what was answered. Secrets are masked. Runs until it is stopped or the gateway ends",
      "the trace (traces.maxSeconds); finds the gateway again after it was away, without what passed meanwhile."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate trace A972030000000001",
      "  m2mgate trace A972030000000001 --commands LOGIN,REGISTER --full",
      "  m2mgate trace --source 10.20.0.0/16 --direction in --json | jq .verdict",
      "",
      "Exit codes: 0 the gateway ended the trace, 1 failed, 2 bad options,",
      "3 no gateway was reached."
    })
final class TraceCommand implements Callable<Integer> {
  private static final long PAUSE_SECONDS = 2;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERIAL",
      description = "Serial in the frames' headers; it need not be a terminal's.")
  private Optional<String> serial = Optional.empty();

  @Option(
      names = "--source",
      paramLabel = "RANGE",
      description = "Only frames from and to these addresses, as in 10.20.0.0/16.")
  private Optional<String> source = Optional.empty();

  @Option(
      names = "--direction",
      paramLabel = "in|out",
      description = "Only frames from terminals, or to them.")
  private Optional<String> direction = Optional.empty();

  @Option(
      names = "--commands",
      paramLabel = "NAME,…",
      description = "Only these, with their acks: names, or four hex digits.")
  private Optional<String> commands = Optional.empty();

  @Option(names = "--full", description = "Show bytes and headers too.")
  private boolean full;

  @Option(names = "--json", description = "Print NDJSON: one object an event.")
  private boolean json;

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (serial.isEmpty() && source.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "name a SERIAL or a --source");
    }
    boolean met = false;
    while (true) {
      try (EventFeed feed = EventFeed.open(gateway, path(), Map.of())) {
        say(met ? "connected again" : "waiting for frames");
        met = true;
        Optional<String> end = follow(feed);
        if (end.isPresent()) {
          say("the gateway ended the trace: " + end.get());
          return Main.DONE;
        }
        say("the connection ended, trying again");
      } catch (GatewayCall.Refused refused) {
        if (!met || !refused.passing()) {
          throw refused;
        }
      } catch (IOException gone) {
        if (!met) {
          throw gone;
        }
      }
      TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
    }
  }

  /** Why the gateway ended it; empty when the connection did. */
  private Optional<String> follow(EventFeed feed) {
    PrintWriter out = spec.commandLine().getOut();
    try {
      for (var next = feed.next(); next.isPresent(); next = feed.next()) {
        EventFeed.Event event = next.get();
        if (event.type().equals("end")) {
          return Optional.of(event.data().path("reason").asText());
        }
        out.print(json ? line(event) : TraceText.of(event, full));
        out.flush();
      }
    } catch (IOException gone) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static String line(EventFeed.Event event) {
    ObjectNode line = ((ObjectNode) event.data()).deepCopy();
    return line.put("event", event.type()) + "\n";
  }

  /** Beside what is printed, so that it can be piped on. */
  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("m2mgate trace: " + what);
    err.flush();
  }

  private String path() {
    Map<String, String> parameters = new LinkedHashMap<>();
    source.ifPresent(text -> parameters.put("source", text));
    direction.ifPresent(text -> parameters.put("direction", text));
    commands.ifPresent(text -> parameters.put("commands", text));
    String base = "/v1/admin/traces";
    return GatewayCall.path(
        serial.map(text -> base + "/" + GatewayCall.encoded(text)).orElse(base), parameters);
  }
}
