package io.m2mgate.bridge.mqtt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.CommandDesk;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.ParameterDesk;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes commands of what is published on {@code req/…} topics. Stateless but for its parts; on the bridge's event loop. */
final class Requests {

  static final String ID = "id";
  static final String KEY = "key";

  private static final Pattern CONFIRMED = Pattern.compile(CommandBody.REACHABILITY);

  private final BridgeParts parts;
  private final Context context;

  Requests(BridgeParts parts, Context context) {
    this.parts = parts;
    this.context = context;
  }

  /**
   * Asks for the command; absent where nothing is to be sent. Fails with what the caller did wrong, or throws it.
   *
   * @param request the payload, which is taken apart
   */
  Future<Optional<StoredCommand>> ask(Caller caller, ObjectNode request, Topics.Request topic) {
    String key = CommandDesk.key(text(request, KEY), "/" + KEY);
    request.remove(ID);
    request.remove(KEY);
    if (request.has("type") && !request.path("type").asText().equals(topic.type())) {
      throw InvalidRequest.at("/type", "not that of the topic", topic.type());
    }
    return Later.on(
        context,
        topic.type().equals(Type.CONFIGURE.text())
            ? configure(caller, request, topic.serial(), key)
            : command(caller, request, topic, key));
  }

  private Future<Optional<StoredCommand>> command(
      Caller caller, ObjectNode request, Topics.Request topic, String key) {
    request.put("type", topic.type());
    return parts
        .commands()
        .ask(caller, topic.serial(), request, key)
        .map(asked -> Optional.of(asked.command()));
  }

  /** Says what parameters are to be (6.1.12); without a command where nothing is to be sent. */
  private Future<Optional<StoredCommand>> configure(
      Caller caller, ObjectNode request, String serial, String key) {
    request.remove("type");
    Fields fields = Fields.of(request, CommandBody.PARAMETERS, CommandBody.CONFIRM);
    ObjectNode values =
        fields.node(CommandBody.PARAMETERS).orElseGet(JsonNodeFactory.instance::objectNode);
    Optional<String> confirm =
        fields.text(CommandBody.CONFIRM, CONFIRMED, CommandBody.REACHABILITY);
    fields.check();
    return parts
        .parameters()
        .patch(caller, new ParameterDesk.Wish(serial, values, confirm, key), Optional.empty())
        .map(ParameterDesk.Changed::command);
  }

  static Optional<String> text(ObjectNode request, String name) {
    if (request.has(name) && !request.path(name).isTextual()) {
      throw InvalidRequest.at("/" + name, "not a text", "a text");
    }
    return Optional.ofNullable(request.path(name).textValue());
  }
}
