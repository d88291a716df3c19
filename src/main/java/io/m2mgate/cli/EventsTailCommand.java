package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code m2mgate events tail}: shows an application's events as they come. One run, on the thread that called. */
@Command(
    name = "tail",
    description = {
      "Shows the events of an application as they come, a line each: time, serial, type, gist. Goes on",
      "where it was after the connection or the gateway was away, until ctrl-C; the offset of the last",
      "event that was shown is then on standard error."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate events tail --app EC01",
      "  m2mgate events tail --app EC01 --after 0 --types m2m.data.up --json | jq -r .data.payload",
      "  m2mgate events tail --key-file EC01.key --serial A972030000000001 --count 1",
      "  m2mgate events tail --key-file EC01.key --consumer billing",
      "",
      "Exit codes: 0 ended by ctrl-C, --count, or the gateway's end of the stream; 1 refused by the gateway;",
      "2 bad options; 3 no gateway was reached to begin with."
    })
final class EventsTailCommand implements Callable<Integer> {
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  /** Events of the log have names that begin so; what else comes is of the stream itself. */
  private static final String EVENT = "m2m.";

  @Option(
      names = "--app",
      paramLabel = "CODE",
      description = "Whose; needed with the administrator's key.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--types",
      paramLabel = "TYPE,…",
      description = "Only these, by their full names, as in m2m.data.up,m2m.report.")
  private Optional<String> types = Optional.empty();

  @Option(names = "--serial", paramLabel = "SERIAL,…", description = "Only of these terminals.")
  private Optional<String> serial = Optional.empty();

  /** Where it begins. */
  static final class Start {
    @Option(
        names = "--after",
        paramLabel = "OFFSET",
        description = "Behind this offset, 0 for the oldest; at the log's end unless told.")
    private Optional<Long> after = Optional.empty();

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "With the first event of this time, as in 2026-01-01T00:00:00Z.")
    private Optional<String> from = Optional.empty();

    @Option(
        names = "--consumer",
        paramLabel = "NAME",
        description = "Where this consumer is, which is moved on with what was shown.")
    private Optional<String> consumer = Optional.empty();
  }

  @ArgGroup
  private Start start = new Start();

  @Option(names = "--count", paramLabel = "N", description = "End after so many.")
  private Optional<Long> count = Optional.empty();

  @Option(names = "--json", description = "Print NDJSON: each event as it is.")
  private boolean json;

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Spec
  private CommandSpec spec;

  private TailEnd position = new TailEnd(last -> {});

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (count.filter(most -> most < 1).isPresent()) {
      throw new ParameterException(spec.commandLine(), "--count: valid is 1 or more");
    }
    position =
        new TailEnd(last -> say(last.map(it -> "last offset " + it).orElse("no event came")));
    position.watchSignals();
    try {
      return follow();
    } finally {
      position.close();
    }
  }

  private int follow() throws IOException, InterruptedException {
    boolean met = false;
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      long before = position.shown();
      try (EventFeed feed = EventFeed.open(gateway, path(), headers())) {
        if (met) {
          say("connected again");
        }
        met = true;
        if (ended(feed)) {
          return Main.DONE;
        }
        say("the connection ended, trying again");
      } catch (GatewayCall.Refused refused) {
        if (!met || !refused.passing()) {
          throw refused;
        }
      } catch (Unreachable gone) {
        if (!met) {
          throw gone;
        }
      }
      pause = position.shown() > before
          ? FIRST_PAUSE_MILLIS
          : Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
      TimeUnit.MILLISECONDS.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2));
    }
  }

  /** Shows what comes; whether that was all, or else the connection ended. */
  private boolean ended(EventFeed feed) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    var commits = start.consumer.map(name -> new TailCommits(gateway, name, app));
    while (true) {
      Optional<EventFeed.Event> next = next(feed);
      if (next.isEmpty()) {
        return false;
      }
      JsonNode event = next.get().data();
      if (!next.get().type().startsWith(EVENT)) {
        say(next.get().type() + " " + event);
        if (next.get().type().equals("end")) {
          return true;
        }
      } else if (position.isNew(event.path("offset").asLong())) {
        out.println(json ? event : EventText.of(event));
        boolean unread = out.checkError();
        position.show(event.path("offset").asLong());
        boolean last = unread || count.filter(most -> position.shown() >= most).isPresent();
        if (commits.isPresent() && !unread) {
          commits.get().reach(event.path("offset").asLong(), last || !feed.hasMore());
        }
        if (last) {
          return true;
        }
      }
    }
  }

  private static Optional<EventFeed.Event> next(EventFeed feed) {
    try {
      return feed.next();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private String path() {
    Map<String, String> query = new LinkedHashMap<>();
    app.ifPresent(code -> query.put("app", code));
    types.ifPresent(names -> query.put("types", names));
    serial.ifPresent(serials -> query.put("serial", serials));
    start.consumer.ifPresent(name -> query.put("consumer", name));
    if (position.last().isEmpty()) {
      start.after.ifPresent(offset -> query.put("after", offset.toString()));
      start.from.ifPresent(time -> query.put("from", time));
    }
    return GatewayCall.path("/v1/events/stream", query);
  }

  /** A consumer's position is the gateway's to know. */
  private Map<String, String> headers() {
    return start.consumer.isPresent()
        ? Map.of()
        : position
            .last()
            .map(offset -> Map.of("Last-Event-ID", offset.toString()))
            .orElse(Map.of());
  }

  /** Beside what is printed, so that it can be piped on. */
  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("m2mgate events tail: " + what);
    err.flush();
  }
}
