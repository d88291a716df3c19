package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the platform itself asks of a terminal about its parameters. Stateless. */
final class ParameterCommands {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLATFORM = "platform";

  private ParameterCommands() {}

  static List<Change> created(StoredCommand command, ParameterOptions options) {
    return CommandEvents.created(command, options.maxOfTerminal(), options.maxOfApplication());
  }

  /** Asks for the list of the synchronised parameters, for those that it names, and for what is desired. */
  static StoredCommand readSynchronised(
      Terminal terminal, Dialect dialect, long nowMillis, ParameterOptions options) {
    TlvDef list = dialect.tlv(dialect.tags().syncTagList());
    Set<Integer> tags = new LinkedHashSet<>(Set.of(list.tag()));
    tags.addAll(terminal.syncList().listed(list.tag()));
    if (!terminal.syncList().known(list.tag())) {
      for (String tag : list.defaultValue().split(" ")) {
        dialect.tlv(tag).map(TlvDef::tag).ifPresent(tags::add);
      }
    }
    tags.addAll(terminal.syncList().desired().keySet());
    ObjectNode body = JSON.createObjectNode();
    ArrayNode listed = body.putArray(CommandBody.TAGS);
    tags.stream()
        .map(dialect::tlv)
        .filter(def -> def.readable() && !def.secret())
        .forEach(def -> listed.add(def.hexTag()));
    return command(
        terminal.serial(), terminal.terminalRecord().app(), Type.READ, body, nowMillis, options);
  }

  static StoredCommand configure(
      String serial, String app, List<Desired> values, long nowMillis, ParameterOptions options) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode parameters = body.putObject(CommandBody.PARAMETERS);
    for (Desired value : values) {
      try {
        parameters.set(value.name(), JSON.readTree(value.valueJson()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a stored value is no JSON", e);
      }
    }
    return command(serial, app, Type.CONFIGURE, body, nowMillis, options);
  }

  private static StoredCommand command(
      String serial,
      String app,
      Type type,
      ObjectNode body,
      long nowMillis,
      ParameterOptions options) {
    return StoredCommand.asked(new Head(
        UlidCreator.getMonotonicUlid(nowMillis).toString(),
        serial,
        app,
        type,
        PLATFORM,
        Mode.QUEUE,
        Wake.NONE,
        false,
        true,
        body.toString(),
        new byte[0],
        "",
        0,
        nowMillis,
        nowMillis + options.expiresMillis()));
  }
}
