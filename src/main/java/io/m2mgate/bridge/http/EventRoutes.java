package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.EventPull;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.SharedPage;
import io.m2mgate.store.EventLog.EventQuery;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;

/** {@code GET /events}: pull with long poll. On the bridge's event loop. */
final class EventRoutes {

  private static final int LIMIT_DEFAULT = 500;
  private static final int LIMIT_MAX = 5_000;
  private static final int PAGE_BYTES = 1 << 20;

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;

  /** How one pull is to be answered. */
  private record Terms(int limit, int waitSeconds) {}

  EventRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
  }

  void add(Endpoints endpoints) {
    endpoints.on("pullEvents", this::pull);
  }

  private Future<Answer> pull(Exchange exchange) {
    var request = EventRequest.of(parts, exchange);
    var terms = new Terms(
        (int) exchange.number("limit", LIMIT_DEFAULT, 1, LIMIT_MAX),
        exchange.wait(options.maxWaitSeconds()));
    if (terms.waitSeconds() > 0) {
      StreamRoutes.checkRoom(parts, options);
    }
    return request.isPlain()
        ? plain(exchange, request, terms)
        : Later.on(vertx.getOrCreateContext(), Reading.find(parts, request, false))
            .compose(reading -> read(exchange, reading, terms));
  }

  private Future<Answer> plain(Exchange exchange, EventRequest request, Terms terms) {
    long after = request.after().orElse(0L);
    var query = new EventQuery(
        request.app(), after, terms.limit(), PAGE_BYTES, request.types(), request.serials());
    return start(exchange, new EventPull(vertx, parts.taps(), query), terms).map(page -> {
      if (after > 0 && after < page.oldest() - 1) {
        throw EventRequest.tooOld(page.oldest());
      }
      if (after > page.last()) {
        throw InvalidRequest.at("?after", "behind the log's end", "0.." + page.last());
      }
      return answer(page, "", terms);
    });
  }

  private Future<Answer> read(Exchange exchange, Reading reading, Terms terms) {
    var query = new EventQuery(
        reading.app(),
        reading.after(),
        terms.limit(),
        PAGE_BYTES,
        reading.filter().types(),
        reading.filter().serials());
    var pull = new EventPull(vertx, parts.taps(), query, reading.until());
    Optional<Consumers.Attachment> attachment = reading
        .consumer()
        .map(cursor -> parts.consumers().attach(reading.app(), cursor, pull::end));
    boolean waits = reading.gap().isEmpty() && reading.until() == Long.MAX_VALUE;
    return start(exchange, pull, waits ? terms : new Terms(terms.limit(), 0))
        .onComplete(done -> attachment.ifPresent(Consumers.Attachment::close))
        .map(page -> {
          var end = reading.until() == Long.MAX_VALUE
              ? ""
              : ",\"end\":" + (page.next() >= reading.until());
          return answer(
              reading
                  .gap()
                  .map(gap -> page.behind(gap.event(System.currentTimeMillis())))
                  .orElse(page),
              end,
              terms);
        });
  }

  private Future<SharedPage> start(Exchange exchange, EventPull pull, Terms terms) {
    exchange.routing().response().closeHandler(gone -> pull.cancel());
    return pull.start(exchange.caller(), terms.waitSeconds() * 1_000L);
  }

  private Answer answer(SharedPage page, String more, Terms terms) {
    var answer = new Answer(200, "application/json", json(page, more), Map.of());
    return terms.waitSeconds() > 0
        ? answer.with("Preference-Applied", "wait=" + terms.waitSeconds())
        : answer;
  }

  private String json(SharedPage page, String more) {
    int size = 64;
    for (int i = 0; i < page.events().size(); i++) {
      size += page.events().get(i).event().sizeHint();
    }
    var text = new StringBuilder(size).append("{\"events\":[");
    for (int i = 0; i < page.events().size(); i++) {
      text.append(i == 0 ? "" : ",");
      text.append(page.events().get(i).json(parts.node()));
    }
    return text.append("],\"next\":")
        .append(page.next())
        .append(",\"oldest\":")
        .append(page.oldest())
        .append(more)
        .append('}')
        .toString();
  }
}
