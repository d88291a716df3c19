package io.m2mgate.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One alarm of a terminal from its opening to its end (behaviour 5.3.5). Immutable.
 *
 * @param id a ULID; empty of one that is told of and not kept
 * @param app the application of its terminal
 * @param occurrences how often the terminal reported it while it was open
 * @param lastMillis when it did so last
 * @param clearedMillis 0 while it is open
 */
public record StoredAlarm(
    String id,
    String serial,
    String app,
    Kind kind,
    long occurrences,
    long raisedMillis,
    long lastMillis,
    long clearedMillis,
    Optional<Cause> clearedBy,
    Optional<Ack> ack) {

  /** The number of a code or type that was not told. */
  public static final int UNTOLD = -1;

  /**
   * Which alarm it is; a terminal has at most one open of a code.
   *
   * @param code TLV alarm-code, or {@link #UNTOLD}
   * @param name the dictionary's
   * @param type TLV alarm-type, or {@link #UNTOLD}
   */
  public record Kind(int code, String name, int type, String typeName) {}

  /** What ended it. */
  public enum Cause {
    /** The terminal said so of this one. */
    TERMINAL,
    /** The terminal said that it has none. */
    ALL,
    /** A confirmed session shows that it is over. */
    LOGIN;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Cause> parse(String text) {
      return Arrays.stream(values()).filter(cause -> cause.text().equals(text)).findFirst();
    }
  }

  /** A person has seen it. */
  public record Ack(long atMillis, String by, String note) {}

  public boolean isOpen() {
    return clearedMillis == 0;
  }

  /** The terminal reported it again. */
  public StoredAlarm again(long nowMillis) {
    return new StoredAlarm(
        id, serial, app, kind, occurrences + 1, raisedMillis, nowMillis, 0, clearedBy, ack);
  }

  public StoredAlarm cleared(long nowMillis, Cause by) {
    return new StoredAlarm(
        id,
        serial,
        app,
        kind,
        occurrences,
        raisedMillis,
        lastMillis,
        nowMillis,
        Optional.of(by),
        ack);
  }

  /** As applications see it, in lists and events. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", id.isEmpty() ? null : id);
    node.put("serial", serial);
    node.put("state", isOpen() ? "open" : "cleared");
    if (kind.code() == UNTOLD) {
      node.putNull("code").putNull("hex");
    } else {
      node.put("code", kind.code()).put("hex", String.format("%04X", kind.code()));
    }
    node.put("name", kind.name());
    if (kind.type() == UNTOLD) {
      node.putNull("type");
    } else {
      node.put("type", kind.type());
    }
    node.put("typeName", kind.typeName());
    node.put("count", occurrences);
    node.put("raised", time(raisedMillis));
    node.put("last", time(lastMillis));
    node.put("cleared", isOpen() ? null : time(clearedMillis));
    node.put("clearedBy", clearedBy.map(Cause::text).orElse(null));
    node.set(
        "ack",
        ack.map(it -> JsonNodeFactory.instance
                .objectNode()
                .put("at", time(it.atMillis()))
                .put("by", it.by())
                .put("note", it.note()))
            .orElse(null));
    return node;
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
