package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.LogSearch;
import io.m2mgate.store.EventLog;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Places in a log as requests name them: by offset or by time. Stateless; completes on any thread. */
final class LogPlaces {

  private static final Pattern ANY = Pattern.compile(".{1,40}");
  private static final String VALID =
      "an offset of the log, or a time such as 2026-01-01T00:00:00Z";

  private final EventLog log;

  LogPlaces(EventLog log) {
    this.log = log;
  }

  /** The offset that a member names: itself, or that of the last event before a time. Empty where it is absent. */
  Future<Optional<Long>> of(String app, Fields body, String member) {
    if (!body.isText(member)) {
      var offset = body.number(member, 0);
      body.check();
      return offset.isEmpty()
          ? Future.succeededFuture(offset)
          : log.extent(app).map(extent -> {
            if (offset.get() > extent.last()) {
              throw InvalidRequest.at("/" + member, "behind the log's end", "0.." + extent.last());
            }
            return offset;
          });
    }
    var text = body.text(member, ANY, VALID);
    body.check();
    try {
      long time = Instant.parse(text.orElseThrow()).toEpochMilli();
      return new LogSearch(log).before(app, time).map(Optional::of);
    } catch (DateTimeParseException e) {
      throw InvalidRequest.at("/" + member, "not a time", VALID);
    }
  }
}
