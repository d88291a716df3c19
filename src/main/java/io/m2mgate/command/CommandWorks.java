package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.wire.InvalidValue;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;

/** Makes of a stored command what it is on the wire. Stateless. */
final class CommandWorks {

  /** Types that go before business data. */
  static final Set<Type> MANAGEMENT = Set.of(Type.READ, Type.CONFIGURE, Type.CONTROL);

  static final Set<Type> DATA = Set.of(Type.DATA);

  private static final ObjectMapper JSON = new ObjectMapper();

  private CommandWorks() {}

  /** One that cannot be said to its terminal fails when its turn comes. */
  static CommandWork of(StoredCommand command, Dialect dialect) {
    try {
      JsonNode body = JSON.readTree(command.head().body());
      return switch (command.head().type()) {
        case READ -> new ReadWork(dialect, tags(dialect, body.path("tags")));
        case CONFIGURE ->
          new ConfigureWork(dialect, body.path("parameters"), command.state() == State.ACKED);
        case CONTROL -> new ControlWork(dialect, body.path("control").asText());
        case DATA ->
          new DataWork(
              dialect,
              command.head(),
              Base64.getDecoder().decode(body.path("payload").asText()));
        default -> new Unfit(new InvalidValue("type", command.head().type().text(), "another"));
      };
    } catch (InvalidValue e) {
      return new Unfit(e);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Unfit(new InvalidValue("request", "cannot be read", "what its type asks for"));
    }
  }

  private static Set<Integer> tags(Dialect dialect, JsonNode listed) {
    Set<Integer> tags = new LinkedHashSet<>();
    listed.forEach(tag -> tags.add(dialect
        .tlv(tag.asText())
        .orElseThrow(() -> new InvalidValue("tag", tag.asText(), "four hex digits"))
        .tag()));
    return tags;
  }

  /** What was asked has no place in the terminal's dialect. */
  private record Unfit(InvalidValue why) implements CommandWork {
    @Override
    public Command command() {
      return Command.CONFIG_GET;
    }

    @Override
    public byte[] body() {
      throw why;
    }

    @Override
    public boolean management() {
      return true;
    }

    @Override
    public boolean patient() {
      return false;
    }

    @Override
    public boolean idempotent() {
      return false;
    }

    @Override
    public CommandOutcome judge(Ack ack, long nowMillis) {
      throw why;
    }
  }
}
