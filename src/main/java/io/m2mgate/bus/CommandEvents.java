package io.m2mgate.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Commands as applications see them, and the changes that move them on and tell of it. Stateless. */
public final class CommandEvents {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WMMP = "wmmp";

  private CommandEvents() {}

  /** The command is asked; durable together with what tells of it. */
  public static List<Change> created(
      StoredCommand command, int maxOfTerminal, int maxOfApplication) {
    return List.of(
        new Change.CreateCommand(command, maxOfTerminal, maxOfApplication),
        updated(command, shape(command)));
  }

  /** The command moves on; durable together with what tells of it in the terms of a dialect, unless it has ended before. */
  public static List<Change> stepped(
      StoredCommand before, StoredCommand.Step step, Dialect dialect) {
    Change moved = new Change.StepCommand(before.serial(), before.id(), step);
    boolean newReason =
        !step.reason().isEmpty() && !step.reason().equals(before.progress().reason());
    return before.state() == step.state() && !newReason
        ? List.of(moved)
        : List.of(moved, updated(before.after(step), dialect));
  }

  private static Change updated(StoredCommand now, Dialect dialect) {
    return updated(now, shape(now, dialect));
  }

  /** An upgrade's is told as what it is, with its command in it. */
  private static Change updated(StoredCommand now, ObjectNode shape) {
    boolean upgrade = now.head().type() == StoredCommand.Type.UPGRADE;
    return new Change.AppendEvent(
        now.head().app(),
        now.serial(),
        upgrade ? EventTypes.UPGRADE_UPDATED : EventTypes.COMMAND_UPDATED,
        now.progress().updatedMillis(),
        (upgrade ? upgrade(now) : shape).toString(),
        UplinkMark.NONE);
  }

  private static ObjectNode upgrade(StoredCommand command) {
    JsonNode body = parsed(command.head().body());
    ObjectNode node = JSON.createObjectNode();
    node.set(CommandBody.UPGRADE, body.path(CommandBody.UPGRADE));
    node.set(CommandBody.PACKAGE, body.path(CommandBody.PACKAGE));
    node.set(CommandBody.VERSION, body.path(CommandBody.VERSION));
    node.put("command", command.id());
    boolean acked = command.state() == StoredCommand.State.ACKED;
    node.put("state", acked ? command.progress().reason() : command.state().text());
    if (!acked && !command.progress().reason().isEmpty()) {
      node.put("reason", command.progress().reason());
    }
    node.set(CommandBody.SIZE, body.path(CommandBody.SIZE));
    if (!command.progress().result().isEmpty()) {
      node.set("result", parsed(command.progress().result()));
    }
    return node;
  }

  /** As {@code application.md}, "Commands", has it; never what of it is a secret. Its command has the number of the dialect. */
  public static ObjectNode shape(StoredCommand command, Dialect dialect) {
    ObjectNode node = shape(command);
    if (node.path(WMMP) instanceof ObjectNode wmmp) {
      int id = dialect.command(command.head().type().command()).id();
      wmmp.put("command", String.format("%04X", id));
    }
    return node;
  }

  private static ObjectNode shape(StoredCommand command) {
    Head head = command.head();
    Progress progress = command.progress();
    ObjectNode node = JSON.createObjectNode();
    node.put("id", head.id());
    node.put("serial", head.serial());
    node.put("type", head.type().text());
    node.set("request", parsed(head.body()));
    node.put("state", progress.state().text());
    if (!progress.reason().isEmpty()) {
      node.put("reason", progress.reason());
    }
    node.put("attempts", progress.attempts());
    node.put("origin", head.origin());
    head.fromTerminal().ifPresent(serial -> node.putObject("from").put("terminal", serial));
    ObjectNode delivery = node.putObject("delivery");
    delivery.put("mode", head.mode().text());
    delivery.put("wake", head.wake().text());
    delivery.put("priority", head.high() ? "high" : "normal");
    delivery.put("expires", Instant.ofEpochMilli(head.expiresMillis()).toString());
    if (progress.sequence() != StoredCommand.NONE) {
      ObjectNode wmmp = node.putObject(WMMP);
      wmmp.put("seq", progress.sequence());
      wmmp.put("bearer", progress.bearer());
    }
    if (!progress.result().isEmpty()) {
      ObjectNode result = (ObjectNode) parsed(progress.result());
      Optional.ofNullable(result.remove(CommandBody.WOKEN))
          .ifPresent(woken -> node.set(CommandBody.WOKEN, woken));
      if (!result.isEmpty()) {
        node.set("result", result);
      }
    }
    ObjectNode times = node.putObject("times");
    time(times, "created", head.createdMillis());
    time(times, "sent", progress.sentMillis());
    time(times, "acked", progress.ackedMillis());
    time(times, "finished", progress.finishedMillis());
    return node;
  }

  private static void time(ObjectNode times, String name, long millis) {
    if (millis > 0) {
      times.put(name, Instant.ofEpochMilli(millis).toString());
    }
  }

  /** What was stored as JSON text. */
  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored command is no JSON", e);
    }
  }
}
