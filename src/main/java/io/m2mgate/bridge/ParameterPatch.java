package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One request that changes what is desired of a terminal, checked against its dialect, on its way to the set and the command that
 * come of it. Made and used by one thread.
 */
final class ParameterPatch {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "/" + CommandBody.PARAMETERS;

  private final CommandReader reader;
  private final TerminalRecord terminal;
  private final Dialect dialect;
  private final String origin;
  private final String key;
  private final Set<Integer> withdrawn = new TreeSet<>();

  /** What was asked for, as its command would have it; empty where everything is withdrawn. */
  private final Optional<Head> own;

  /**
   * What a patch comes to.
   *
   * @param others commands that it takes the place of
   * @param head the command that sends what is not sent yet
   */
  record Outcome(DesiredSet next, List<StoredCommand> others, Optional<Head> head) {}

  private ParameterPatch(
      CommandReader reader,
      TerminalRecord terminal,
      String origin,
      ObjectNode values,
      Optional<String> confirm,
      String key) {
    this.key = key;
    this.reader = reader;
    this.terminal = terminal;
    this.dialect = reader.dialect(terminal);
    this.origin = origin;
    ObjectNode wanted = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      if (value.getValue().isNull()) {
        withdraw(value.getKey());
      } else {
        wanted.set(value.getKey(), value.getValue());
      }
    }
    own = wanted.isEmpty() ? Optional.empty() : Optional.of(read(wanted, confirm));
    parameters(own).keySet().stream().filter(withdrawn::contains).findFirst().ifPresent(tag -> {
      String name = dialect.tlv(tag).name();
      throw InvalidRequest.at(
          PREFIX + "/" + name, "set and withdrawn, by name and by tag", "one of them");
    });
  }

  /**
   * Fails with {@link InvalidRequest} or a {@link Problem} that names every place that is wrong, as if the values were a member
   * {@code parameters}.
   *
   * @param key idempotency key of the command, or empty
   * @param values by name or tag, null for what is not desired any more
   */
  static ParameterPatch read(
      CommandReader reader,
      TerminalRecord terminal,
      String origin,
      ObjectNode values,
      Optional<String> confirm,
      String key) {
    if (values.isEmpty()) {
      throw InvalidRequest.at(PREFIX, "empty", "{\"heartbeat-interval\":90}");
    }
    return new ParameterPatch(reader, terminal, origin, values, confirm, key);
  }

  private void withdraw(String name) {
    TlvDef def = dialect.tlv(name).filter(TlvDef::known).orElseThrow(() -> {
      String pointer = PREFIX + "/" + name.replace("~", "~0").replace("/", "~1");
      return Problem.of(
          ProblemType.TAG_NOT_ALLOWED,
          "the dialect " + dialect.name() + " does not know it",
          List.of(Fault.of(pointer, "unknown", "a name or tag of the dictionary")));
    });
    withdrawn.add(def.tag());
  }

  private Head read(ObjectNode parameters, Optional<String> confirm) {
    ObjectNode request = JSON.createObjectNode().put("type", Type.CONFIGURE.text());
    request.set(CommandBody.PARAMETERS, parameters);
    confirm.ifPresent(word -> request.put(CommandBody.CONFIRM, word));
    return reader.read(request, terminal, origin, key);
  }

  /** By tag. */
  private Map<Integer, JsonNode> parameters(Optional<Head> head) {
    Map<Integer, JsonNode> values = new TreeMap<>();
    head.ifPresent(it -> CommandForm.parametersOf(it)
        .properties()
        .forEach(one -> values.put(dialect.tlv(one.getKey()).orElseThrow().tag(), one.getValue())));
    return values;
  }

  /** @param sends of a value that are remembered */
  Outcome on(Known known, int sends) {
    List<StoredCommand> others = known.commands().stream()
        .filter(command ->
            command.isOpen() && command.state() == State.QUEUED && touches(known, command))
        .toList();
    Map<Integer, JsonNode> asked = parameters(own);
    List<Desired> taken = takenOver(known, others, asked.keySet());
    Optional<Head> head = taken.isEmpty() ? own : Optional.of(together(taken));
    List<Desired> wanted = new ArrayList<>();
    head.ifPresent(command -> {
      long now = command.createdMillis();
      asked.forEach((tag, value) -> wanted.add(new Desired(
          tag,
          dialect.tlv(tag).name(),
          value.toString(),
          now,
          command.id(),
          dialect.tags().reachability().contains(tag),
          List.of(now),
          "",
          0)));
      taken.forEach(before -> wanted.add(
          (neverLeft(known, before) ? before.notGiven() : before).given(command.id(), now, sends)));
    });
    return new Outcome(known.desired().asked(wanted, withdrawn), others, head);
  }

  /** It was to bring what is asked for or withdrawn now. */
  private boolean touches(Known known, StoredCommand command) {
    Set<Integer> tags = new TreeSet<>(withdrawn);
    tags.addAll(parameters(own).keySet());
    return known.desired().values().stream()
        .anyMatch(value -> value.command().equals(command.id()) && tags.contains(value.tag()));
  }

  /** What the other commands were to bring and is still desired. */
  private List<Desired> takenOver(Known known, List<StoredCommand> others, Set<Integer> asked) {
    Set<String> ids = others.stream().map(StoredCommand::id).collect(Collectors.toSet());
    return known.desired().values().stream()
        .filter(value -> ids.contains(value.command())
            && !asked.contains(value.tag())
            && !withdrawn.contains(value.tag()))
        .toList();
  }

  private Head together(List<Desired> taken) {
    ObjectNode all = JSON.createObjectNode();
    own.ifPresent(head -> all.setAll(CommandForm.parametersOf(head)));
    taken.forEach(value -> all.set(value.name(), CommandForm.json(value.valueJson())));
    // Each was confirmed when it was asked for.
    return read(all, Optional.of(CommandBody.REACHABILITY));
  }

  private static boolean neverLeft(Known known, Desired value) {
    return known
        .command(value.command())
        .filter(it -> it.progress().attempts() == 0)
        .isPresent();
  }
}
