package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code m2mgate terminal command}: asks something of a terminal, and waits for what becomes of it. One run, one thread. */
@Command(
    name = "command",
    description = {
      "Asks something of a terminal and prints the command's id; with --wait, what becomes of it.",
      "What follows TYPE: of read, tags (four hex digits) or names; of control, its name; of configure,",
      "NAME=VALUE …, where whole numbers are numbers, or NAME:=JSON; of data, the payload; of other types",
      "members of the request, in the same form as for configure."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate terminal command A972030000000001 control reboot --wait 30",
      "  m2mgate terminal command A972030000000001 read heartbeat-interval 2002 --wait 30 --json",
      "  m2mgate terminal command A972030000000001 configure heartbeat-interval=60",
      "  m2mgate terminal command A972030000000001 data 48656C6C6F --encoding hex --expires-in PT1H",
      "  m2mgate terminal command A972030000000001 security operation=readValues names:='[\"imei\"]'",
      "",
      "Exit codes: 0 taken, or succeeded within --wait; 1 refused, or not succeeded; 2 bad options,",
      "3 no gateway was reached."
    })
final class AskCommand extends TerminalCommand.Act {
  private static final Set<String> OPEN = Set.of("queued", "sent", "acked");
  private static final Pattern TAG = Pattern.compile("[0-9A-Fa-f]{4}");
  /** How long the gateway itself lets a request wait; beyond it is asked again. */
  private static final int LONGEST_WAIT_SECONDS = 60;

  @Parameters(
      index = "1",
      paramLabel = "TYPE",
      description = "read, configure, control, data, sim or security.")
  private String type = "";

  @Parameters(index = "2..*", arity = "0..*", paramLabel = "WHAT", description = "As above.")
  private List<String> what = List.of();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Wait so long at most for its end, and print its state.")
  private Optional<Integer> wait = Optional.empty();

  @Option(
      names = "--encoding",
      paramLabel = "utf8|hex|base64",
      description = "Of data; utf8 unless told.")
  private Optional<String> encoding = Optional.empty();

  @Option(
      names = "--expires-in",
      paramLabel = "DURATION",
      description = "When to give it up, as in PT1H.")
  private Optional<String> expiresIn = Optional.empty();

  @Option(
      names = "--mode",
      paramLabel = "queue|immediate",
      description = "Whether it waits for the terminal, or is refused when that is not there.")
  private Optional<String> mode = Optional.empty();

  @Option(
      names = "--priority",
      paramLabel = "normal|high",
      description = "Before others that wait, or not.")
  private Optional<String> priority = Optional.empty();

  @Option(
      names = "--confirm",
      paramLabel = "reachability",
      description = "Needed for what can cut the terminal off.")
  private Optional<String> confirm = Optional.empty();

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Asked again with the same key, it is the same command.")
  private Optional<String> idempotencyKey = Optional.empty();

  @Override
  int run(GatewayCall call, PrintWriter out) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    idempotencyKey.ifPresent(key -> headers.put("Idempotency-Key", key));
    wait.ifPresent(
        seconds -> headers.put("Prefer", "wait=" + Math.min(seconds, LONGEST_WAIT_SECONDS)));
    Map<String, String> query = confirm.map(word -> Map.of("confirm", word)).orElse(Map.of());
    String path = GatewayCall.path(TerminalCommand.path(serial) + "/commands", query);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait.orElse(0));
    JsonNode command = ended(call, call.post(path, request(), headers), deadline);
    String state = command.path("state").asText();
    if (output.json()) {
      out.println(command);
    } else if (wait.isEmpty()) {
      out.println(command.path("id").asText());
    } else {
      print(out, command);
    }
    return wait.isEmpty() || state.equals("succeeded") ? Main.DONE : Main.FAILED;
  }

  private ObjectNode request() {
    ObjectNode request = GatewayCall.object().put("type", type);
    switch (type) {
      case "read" ->
        what.forEach(one ->
            request.withArray(TAG.matcher(one).matches() ? "tags" : "names").add(one));
      case "control" -> request.put("control", single());
      case "data" -> request.put("payload", single()).put("encoding", encoding.orElse("utf8"));
      case "configure" -> {
        ObjectNode parameters = request.putObject("parameters");
        what.forEach(one -> Members.parameter(one).addTo(parameters));
      }
      default -> what.forEach(one -> Members.parameter(one).addTo(request));
    }
    ObjectNode delivery = GatewayCall.object();
    expiresIn.ifPresent(text -> delivery.put("expiresIn", text));
    mode.ifPresent(text -> delivery.put("mode", text));
    priority.ifPresent(text -> delivery.put("priority", text));
    if (!delivery.isEmpty()) {
      request.set("delivery", delivery);
    }
    return request;
  }

  private String single() {
    if (what.size() != 1) {
      throw new ParameterException(spec.commandLine(), type + " takes one WHAT");
    }
    return what.get(0);
  }

  private static JsonNode ended(GatewayCall call, JsonNode asked, long deadline)
      throws IOException {
    JsonNode command = asked;
    while (OPEN.contains(command.path("state").asText()) && System.nanoTime() < deadline) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return command;
      }
      command =
          call.get("/v1/commands/" + GatewayCall.encoded(command.path("id").asText()));
    }
    return command;
  }

  private static void print(PrintWriter out, JsonNode command) {
    String reason = Listing.text(command.path("reason"));
    out.println(command.path("state").asText() + (reason.isEmpty() ? "" : " (" + reason + ")"));
    if (command.path("result").isObject()) {
      command
          .path("result")
          .fields()
          .forEachRemaining(
              it -> out.printf("  %-24s  %s%n", it.getKey(), Listing.text(it.getValue())));
    }
  }
}
