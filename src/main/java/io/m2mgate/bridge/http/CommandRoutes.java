package io.m2mgate.bridge.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.CommandDesk;
import io.m2mgate.bridge.Commands.Asked;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommandStore.Filter;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * {@code /commands} and {@code /terminals/{serial}/commands}, {@code …/data}: what applications ask of their terminals (6.1.7,
 * 6.1.10, 6.1.12). Stateless but for its parts; on the bridge's event loop.
 */
final class CommandRoutes {

  private static final String BASE = "/v1/commands";
  private static final String DELIVERY = "delivery";

  private final CommandStore store;
  private final CommandDesk desk;
  private final int maxWaitSeconds;

  CommandRoutes(BridgeParts parts, int maxWaitSeconds) {
    this.store = parts.store().commands();
    this.desk = parts.commands();
    this.maxWaitSeconds = maxWaitSeconds;
  }

  void add(Endpoints endpoints) {
    endpoints.on("createCommand", this::ask);
    endpoints.on("sendData", this::send);
    endpoints.on("listTerminalCommands", this::listOfTerminal);
    endpoints.on("listCommands", this::list);
    endpoints.on("readCommand", this::read);
    endpoints.on("cancelCommand", this::cancel);
  }

  private Future<Answer> ask(Exchange exchange) {
    ObjectNode request = Fields.object(RequestBody.of(exchange.routing()));
    Optional<String> confirmed = exchange.query(CommandBody.CONFIRM);
    confirmed.ifPresent(word -> request.put(CommandBody.CONFIRM, word));
    String member = "/" + CommandBody.CONFIRM;
    return ask(
        exchange,
        request,
        pointer ->
            confirmed.isPresent() && pointer.equals(member) ? "?" + CommandBody.CONFIRM : pointer);
  }

  /** The body is the payload as it is. */
  private Future<Answer> send(Exchange exchange) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("type", Type.DATA.text());
    byte[] payload = RequestBody.of(exchange.routing()).getBytes();
    request.put(CommandBody.PAYLOAD, Base64.getEncoder().encodeToString(payload));
    ObjectNode delivery = JsonNodeFactory.instance.objectNode();
    for (String name : new String[] {"mode", "expiresIn", "wake", "priority"}) {
      exchange.query(name).ifPresent(value -> delivery.put(name, value));
    }
    request.set(DELIVERY, delivery);
    exchange.query("repeatable").ifPresent(text -> {
      if (!Set.of("true", "false").contains(text)) {
        throw InvalidRequest.at("?repeatable", "neither", "true or false");
      }
      request.put("repeatable", Boolean.parseBoolean(text));
    });
    String members = "/" + DELIVERY + "/";
    return ask(exchange, request, pointer -> pointer.replace(members, "?"));
  }

  /** @param place where the client has what stands at a pointer into the request */
  private Future<Answer> ask(Exchange exchange, ObjectNode request, UnaryOperator<String> place) {
    String key = CommandDesk.key(exchange.header("Idempotency-Key"), "Idempotency-Key");
    int wait = exchange.wait(maxWaitSeconds);
    return desk.ask(exchange.caller(), exchange.path("serial"), request, key)
        .recover(refused -> Future.failedFuture(Places.renamed(refused, place)))
        .map(Asked::command)
        .compose(command -> desk.await(command, wait * 1_000L))
        .map(command -> {
          Answer answer = Answer.json(command.isOpen() ? 202 : 200, desk.shape(command))
              .with("Location", BASE + "/" + command.id());
          return wait > 0 ? answer.with("Preference-Applied", "wait=" + wait) : answer;
        });
  }

  private Future<Answer> listOfTerminal(Exchange exchange) {
    Filter filter = filter(exchange, Optional.of(exchange.path("serial")));
    return desk.own(exchange.caller(), exchange.path("serial"))
        .compose(row -> page(exchange, filter));
  }

  private Future<Answer> list(Exchange exchange) {
    Optional<String> serial = exchange.query("serial");
    if (serial.filter(text -> !Forms.SERIAL.matcher(text).matches()).isPresent()) {
      throw InvalidRequest.at("?serial", "not of the form", Forms.SERIAL_VALID);
    }
    return page(exchange, filter(exchange, serial));
  }

  private Future<Answer> page(Exchange exchange, Filter filter) {
    return store
        .list(filter, exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(page.items().stream().map(desk::shape).toList(), page.next()));
  }

  private static Filter filter(Exchange exchange, Optional<String> serial) {
    String states =
        Arrays.stream(State.values()).map(State::text).collect(Collectors.joining(", "));
    String types = Arrays.stream(Type.values()).map(Type::text).collect(Collectors.joining(", "));
    return new Filter(
        exchange.caller().app(),
        serial,
        words(exchange, "state", State::parse, states),
        words(exchange, "type", Type::parse, types));
  }

  private static <T> Set<T> words(
      Exchange exchange, String name, Function<String, Optional<T>> known, String valid) {
    Set<T> found = new HashSet<>();
    exchange
        .set(name)
        .forEach(word -> found.add(known
            .apply(word)
            .orElseThrow(() -> InvalidRequest.at("?" + name, "no such " + name, valid))));
    return found;
  }

  private Future<Answer> read(Exchange exchange) {
    return desk.one(exchange.caller(), exchange.path("id"))
        .map(command -> Answer.ok(desk.shape(command)));
  }

  private Future<Answer> cancel(Exchange exchange) {
    return desk.cancel(exchange.caller(), exchange.path("id"))
        .map(command -> Answer.ok(desk.shape(command)));
  }
}
