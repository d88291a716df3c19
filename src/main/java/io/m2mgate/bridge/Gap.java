package io.m2mgate.bridge;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import io.vertx.core.json.JsonObject;

/**
 * What retention removed before a consumer had read it. Immutable.
 *
 * @param after offset of the last event that the consumer had read
 * @param oldest offset of the oldest event that is left
 */
public record Gap(String app, long after, long oldest) {

  /** The event that tells the consumer; it is made for one consumer and is in no log. */
  public Event event(long nowMillis) {
    var data = new JsonObject()
        .put("from", after + 1)
        .put("to", oldest - 1)
        .put("oldest", oldest)
        .put("lost", oldest - 1 - after);
    return new Event(
        UlidCreator.getUlid(nowMillis).toString(),
        EventTypes.STREAM_GAP,
        app,
        nowMillis,
        app,
        oldest - 1,
        0,
        data.encode());
  }
}
