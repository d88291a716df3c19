package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.wire.InvalidValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes of a stored command what it is on the wire. Stateless. */
final class CommandWorks {

  /** Types that go before business data. */
  static final Set<Type> MANAGEMENT =
      Set.of(Type.READ, Type.CONFIGURE, Type.CONTROL, Type.SECURITY, Type.SIM, Type.UPGRADE);

  static final Set<Type> DATA = Set.of(Type.DATA);

  private static final ObjectMapper JSON = new ObjectMapper();

  private CommandWorks() {}

  /**
   * One that cannot be said to its terminal fails when its turn comes.
   *
   * @param box of what is sealed of commands
   * @param readRounds requests that one read may take
   */
  static CommandWork of(
      StoredCommand command,
      Dialect dialect,
      SecretBox box,
      int readRounds,
      UpgradeOptions upgrades) {
    try {
      JsonNode body = JSON.readTree(command.head().body());
      return switch (command.head().type()) {
        case READ -> new ReadWork(dialect, tags(dialect, body.path("tags")), readRounds);
        case CONFIGURE ->
          new ConfigureWork(dialect, body.path("parameters"), command.state() == State.ACKED);
        case CONTROL -> new ControlWork(dialect, body.path("control").asText());
        case DATA ->
          new DataWork(
              dialect,
              command.head(),
              Base64.getDecoder().decode(body.path(CommandBody.PAYLOAD).asText()),
              body.has(CommandBody.COMMAND));
        case SECURITY -> security(dialect, body, readRounds);
        case SIM -> new SimWork(dialect, body, () -> secrets(command, box));
        case UPGRADE ->
          new UpgradeWork(dialect, upgrades, body, command.progress().result());
      };
    } catch (InvalidValue e) {
      return new Unfit(e);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Unfit(new InvalidValue("request", "cannot be read", "what its type asks for"));
    }
  }

  private static CommandWork security(Dialect dialect, JsonNode body, int readRounds) {
    String operation = body.path(CommandBody.OPERATION).asText();
    return switch (operation) {
      case CommandBody.READ_VALUES ->
        new ReadWork(dialect, tags(dialect, body.path(CommandBody.TAGS)), operation, readRounds);
      case CommandBody.READ_DIGESTS -> {
        List<String> secrets = new ArrayList<>();
        body.path(CommandBody.SECRETS).forEach(secret -> secrets.add(secret.asText()));
        yield new DigestsWork(dialect, secrets, readRounds);
      }
      case CommandBody.ACTIVATE ->
        new ActivateWork(dialect, body.path(CommandBody.GENERATION).asLong(-1));
      default -> new Unfit(new InvalidValue("operation", operation, "another"));
    };
  }

  /** In clear, for as long as the caller needs it. */
  private static JsonNode secrets(StoredCommand command, SecretBox box) {
    try {
      return JSON.readTree(
          box.open(command.id(), SecretKinds.COMMAND, command.head().sealed()));
    } catch (SecretBox.SealBroken | IOException e) {
      throw new InvalidValue(
          "secrets of the command", "do not open", "what this master key has sealed");
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
