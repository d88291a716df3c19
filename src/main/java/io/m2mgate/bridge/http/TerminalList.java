package io.m2mgate.bridge.http;

import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalQuery;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;

/** What list endpoints of terminals have in common: filters and pages. Stateless. */
final class TerminalList {

  private TerminalList() {}

  static Future<Answer> read(
      TerminalStore store,
      Exchange exchange,
      Optional<String> app,
      Function<TerminalRow, JsonObject> shape) {
    return store
        .list(filter(exchange, app), exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(page.items().stream().map(shape).toList(), page.next()));
  }

  static TerminalFilter filter(Exchange exchange, Optional<String> app) {
    return new TerminalFilter(
        app,
        exchange.query("state").map(TerminalList::state),
        exchange.query("enabled").map(TerminalList::flag),
        exchange.query("profile"),
        exchange.query("q").filter(text -> !text.isEmpty()));
  }

  /** The filter, and what only the applications' list is asked by. */
  static TerminalQuery query(Exchange exchange, Optional<String> app) {
    var serials = EventRequest.serials(exchange, "serials");
    return new TerminalQuery(
        filter(exchange, app), serials, exchange.time("heardAfter"), exchange.time("heardBefore"));
  }

  /** Whether a row that shows when its terminal was heard in truth is what was asked for. */
  static boolean fits(TerminalRow row, TerminalQuery query) {
    long heard = row.sessions().heardMillis();
    return query.heardFromMillis().filter(from -> heard < from).isEmpty()
        && query.heardBeforeMillis().filter(before -> heard >= before).isEmpty();
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw InvalidRequest.at("?enabled", "no flag", "true, false");
    };
  }

  private static TerminalState state(String text) {
    return TerminalState.parse(text)
        .orElseThrow(() -> InvalidRequest.at(
            "?state", "no such state", "online, silent, asleep, offline, never, disabled"));
  }
}
