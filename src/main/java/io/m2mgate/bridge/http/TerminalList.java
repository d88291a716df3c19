package io.m2mgate.bridge.http;

import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;

/** Reads one page of terminals for a list endpoint. Stateless. */
final class TerminalList {

  private TerminalList() {}

  /**
   * The store does not tell {@code never} from {@code offline}: that is sieved from the page, which may then be shorter
   * than its limit and still have a next one.
   */
  static Future<Answer> read(
      TerminalStore store,
      Exchange exchange,
      Optional<String> app,
      Function<TerminalRow, JsonObject> shape) {
    var state = exchange.query("state").map(TerminalList::state);
    var online = state
        .filter(asked -> asked != TerminalState.DISABLED)
        .map(asked -> asked == TerminalState.ONLINE);
    var enabled = state.map(asked -> asked != TerminalState.DISABLED);
    var filter = new TerminalFilter(
        app, online, enabled, exchange.query("q").filter(text -> !text.isEmpty()));
    return store.list(filter, exchange.query("cursor"), exchange.limit()).map(page -> {
      var rows = page.items().stream()
          .filter(row -> state.map(TerminalState.of(row)::equals).orElse(true));
      return Answer.page(rows.map(shape).toList(), page.next());
    });
  }

  private static TerminalState state(String text) {
    return TerminalState.parse(text)
        .orElseThrow(
            () -> InvalidRequest.at("?state", "no such state", "online, offline, never, disabled"));
  }
}
