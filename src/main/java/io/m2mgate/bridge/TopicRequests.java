package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Takes requests that came on a {@code req/…} topic, whoever received them: reads the payload, asks the desk that serves its type, and
 * makes the answer's document. Safe for any thread; futures may complete on any.
 */
public final class TopicRequests {

  private static final int SHORT = 64;
  private static final Pattern CONFIRMED = Pattern.compile(CommandBody.REACHABILITY);

  private final CommandDesk commands;
  private final ParameterDesk parameters;

  /**
   * What a payload says beside the request itself.
   *
   * @param id of the client's choice, given back with the answer; empty for none
   * @param key idempotency key, empty for none or for one that is not of the form
   */
  public record Marks(String id, String key) {
    public static final Marks NONE = new Marks("", "");
  }

  public TopicRequests(CommandDesk commands, ParameterDesk parameters) {
    this.commands = commands;
    this.parameters = parameters;
  }

  /** A payload as an object. Fails with {@link InvalidRequest}. */
  public static ObjectNode read(Buffer payload) {
    return Fields.object(payload);
  }

  /** Fails with {@link InvalidRequest} where a mark is no text. */
  public static Marks marks(ObjectNode request) {
    String id = text(request, "id").filter(it -> it.length() <= SHORT).orElse("");
    Optional<String> key = text(request, "key");
    return new Marks(id, key.filter(it -> CommandDesk.KEY.matcher(it).matches()).orElse(""));
  }

  /**
   * Durable when it completes: the command, or nothing where nothing is to be sent. Fails or throws with a {@link Problem} or
   * {@link InvalidRequest}, fails as the store does.
   */
  public Future<Optional<StoredCommand>> ask(
      Caller caller, Topics.Request topic, ObjectNode request) {
    String key = CommandDesk.key(text(request, "key"), "/key");
    request.remove("id");
    request.remove("key");
    if (request.has("type") && !request.path("type").asText().equals(topic.type())) {
      throw InvalidRequest.at("/type", "not that of the topic", topic.type());
    }
    if (topic.type().equals(Type.CONFIGURE.text())) {
      return configure(caller, topic.serial(), request, key);
    }
    request.put("type", topic.type());
    return commands
        .ask(caller, topic.serial(), request, key)
        .map(asked -> Optional.of(asked.command()));
  }

  /** Says what parameters are to be (6.1.12); without a command where nothing is to be sent. */
  private Future<Optional<StoredCommand>> configure(
      Caller caller, String serial, ObjectNode request, String key) {
    request.remove("type");
    Fields fields = Fields.of(request, CommandBody.PARAMETERS, CommandBody.CONFIRM);
    ObjectNode values =
        fields.node(CommandBody.PARAMETERS).orElseGet(JsonNodeFactory.instance::objectNode);
    Optional<String> confirm =
        fields.text(CommandBody.CONFIRM, CONFIRMED, CommandBody.REACHABILITY);
    fields.check();
    return parameters
        .patch(caller, new ParameterDesk.Wish(serial, values, confirm, key), Optional.empty())
        .map(ParameterDesk.Changed::command);
  }

  /** What is told of a request that was taken. */
  public JsonObject taken(Marks marks, Optional<StoredCommand> command) {
    return marked(marks).put("command", command.map(commands::shape).orElse(null));
  }

  /** What is told of one that was refused. */
  public static JsonObject refused(Marks marks, Problem problem) {
    return marked(marks).put("problem", problem.toJson());
  }

  private static JsonObject marked(Marks marks) {
    JsonObject answer = new JsonObject();
    if (!marks.id().isEmpty()) {
      answer.put("id", marks.id());
    }
    if (!marks.key().isEmpty()) {
      answer.put("key", marks.key());
    }
    return answer;
  }

  private static Optional<String> text(ObjectNode request, String name) {
    if (request.has(name) && !request.path(name).isTextual()) {
      throw InvalidRequest.at("/" + name, "not a text", "a text");
    }
    return Optional.ofNullable(request.path(name).textValue());
  }
}
