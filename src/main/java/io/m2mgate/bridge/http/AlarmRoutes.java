package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.store.AlarmStore;
import io.m2mgate.store.AlarmStore.Filter;
import io.m2mgate.store.AlarmStore.Stage;
import io.m2mgate.store.StoredAlarm;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /alarms} and {@code /terminals/{serial}/alarms} (6.1.5). Stateless but for its parts; on the bridge's event loop. */
final class AlarmRoutes {

  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{4}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,59}");
  private static final String CODE_VALID = "four hex digits, another number, or a name";

  private final BridgeParts parts;
  private final AlarmStore store;
  private final Audits audits;

  AlarmRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().alarms();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("listAlarms", this::list);
    endpoints.on("readAlarm", this::read);
    endpoints.on("acknowledgeAlarm", this::acknowledge);
    endpoints.on("listTerminalAlarms", this::ofTerminal);
  }

  private Future<Answer> list(Exchange exchange) {
    return page(exchange, EventRequest.mayName(parts, exchange), exchange.query("serial"));
  }

  private Future<Answer> ofTerminal(Exchange exchange) {
    var serial = exchange.path("serial");
    return parts.store().terminals().read(serial, exchange.caller().app()).compose(found -> {
      found.orElseThrow(Problems::unknownTerminal);
      return page(exchange, exchange.caller().app(), Optional.of(serial));
    });
  }

  private Future<Answer> page(Exchange exchange, Optional<String> app, Optional<String> serial) {
    var code = exchange.query("code");
    var filter = new Filter(
        app,
        serial,
        exchange.query("state").map(AlarmRoutes::stage),
        code.filter(text -> isNumber(text)).map(AlarmRoutes::code),
        code.filter(text -> !isNumber(text)).map(AlarmRoutes::name),
        exchange.query("type").map(text -> (int) Exchange.number("type", text, 0, 0xFFFF)),
        exchange.time("from").orElse(0L),
        exchange.time("before").orElse(Long.MAX_VALUE));
    return store
        .list(filter, exchange.query("cursor"), exchange.limit())
        .map(page ->
            Answer.page(page.items().stream().map(AlarmRoutes::shape).toList(), page.next()));
  }

  private static Stage stage(String state) {
    return Arrays.stream(Stage.values())
        .filter(stage -> stage.text().equals(state))
        .findFirst()
        .orElseThrow(() ->
            InvalidRequest.at("?state", "no such state", "open, raised, acknowledged, cleared"));
  }

  private static boolean isNumber(String code) {
    return HEX.matcher(code).matches() || NUMBER.matcher(code).matches();
  }

  private static int code(String text) {
    return Integer.parseInt(text, HEX.matcher(text).matches() ? 16 : 10);
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw InvalidRequest.at("?code", "no code", CODE_VALID);
    }
    return text;
  }

  private Future<Answer> read(Exchange exchange) {
    return store
        .read(exchange.path("id"), exchange.caller().app())
        .map(found -> Answer.ok(shape(found.orElseThrow(AlarmRoutes::unknown))));
  }

  /** The first one stays: a repeat changes nothing and is no entry of the audit. */
  private Future<Answer> acknowledge(Exchange exchange) {
    var body = exchange.body("operator", "note");
    var operator = body.text("operator", Forms.TITLE, Forms.TITLE_VALID);
    var note = body.text("note", Forms.NOTE, Forms.NOTE_VALID);
    body.check();
    var caller = exchange.caller();
    var ack = new StoredAlarm.Ack(
        System.currentTimeMillis(),
        operator.filter(text -> !text.isEmpty()).orElse(caller.actor()),
        note.orElse(""));
    return store.acknowledge(exchange.path("id"), caller.app(), ack).compose(found -> {
      var acked = found.orElseThrow(AlarmRoutes::unknown);
      var answer = Answer.ok(shape(acked.alarm()));
      if (!acked.first()) {
        return Future.succeededFuture(answer);
      }
      var detail = new JsonObject()
          .put("alarm", acked.alarm().id())
          .put("operator", ack.by())
          .put("note", ack.note());
      return audits.append(caller, "alarm.ack", acked.alarm().serial(), detail).map(answer);
    });
  }

  private static Problem unknown() {
    return Problem.of(ProblemType.ALARM_UNKNOWN, "no alarm of this id is known to the caller");
  }

  private static JsonObject shape(StoredAlarm alarm) {
    return new JsonObject(alarm.toJson().toString());
  }
}
