package io.m2mgate.bridge.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.trace.Seen;
import io.m2mgate.wire.BodyOpener;
import io.m2mgate.wire.DigestVerdict;
import io.m2mgate.wire.Explanation;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameExplainer;
import java.util.Locale;
import java.util.stream.Stream;

/** What a trace shows, as one event of a stream each; secrets are masked here. Stateless. */
final class TraceJson {

  private static final JsonMapper JSON = new JsonMapper();

  private TraceJson() {}

  static String event(Seen seen) {
    if (seen instanceof Seen.Whole whole) {
      return event("frame", whole(whole));
    }
    return seen instanceof Seen.Later later
        ? event("outcome", later(later))
        : event("unframed", unframed((Seen.Unframed) seen));
  }

  /** So many did not fit into the buffer since the event before. */
  static String lost(long frames) {
    return event("lost", JSON.createObjectNode().put("frames", frames));
  }

  static String end(String reason) {
    return event("end", JSON.createObjectNode().put("reason", reason));
  }

  private static String event(String type, ObjectNode data) {
    return "event: " + type + "\ndata: " + data + "\n\n";
  }

  private static ObjectNode whole(Seen.Whole seen) {
    Frame frame = seen.frame();
    Explanation explained = new FrameExplainer(
            (of, at) -> seen.digest().orElse(DigestVerdict.UNCHECKED),
            BodyOpener.holding(seen.clear()),
            false)
        .explain(frame, seen.dialect());
    ObjectNode out = head(seen.atMillis(), seen.place());
    out.put("direction", label(seen.direction()));
    out.put("serial", explained.serial());
    out.put("command", explained.command());
    out.put("sequence", frame.sequence() & 0xFFFF_FFFFL);
    out.put("verdict", label(seen.fate()));
    seen.reason().ifPresent(reason -> out.put("reason", reason));
    result(seen, explained, out);
    out.put("bytes", explained.shownBytes());
    out.set("explanation", explained.toJson());
    return out;
  }

  private static void result(Seen.Whole seen, Explanation explained, ObjectNode out) {
    int id = seen.frame().requestCommand();
    if (!seen.frame().isAck() || !seen.dialect().knows(id)) {
      return;
    }
    CommandDef command = seen.dialect().command(id);
    Stream.concat(
            explained.inside().stream().flatMap(part -> part.rows().stream()),
            explained.rows().stream())
        .filter(row -> row.field().equals(command.resultField()))
        .filter(row -> row.value() instanceof Number)
        .findFirst()
        .ifPresent(row -> {
          int code = ((Number) row.value()).intValue();
          out.putObject("result")
              .put("code", code)
              .put("name", command.results().nameOf(code))
              .put("success", command.results().success(code));
        });
  }

  private static ObjectNode later(Seen.Later seen) {
    return head(seen.atMillis(), seen.place())
        .put("serial", seen.serial())
        .put("command", String.format("%04X", seen.command()))
        .put("sequence", seen.sequence() & 0xFFFF_FFFFL)
        .put("verdict", "dropped")
        .put("reason", seen.reason());
  }

  private static ObjectNode unframed(Seen.Unframed seen) {
    return head(seen.atMillis(), seen.place())
        .put("verdict", "closed")
        .put("reason", seen.reason());
  }

  private static ObjectNode head(long atMillis, Seen.Place place) {
    return JSON.createObjectNode()
        .put("time", Shapes.time(atMillis))
        .put("bearer", place.bearer())
        .put("remote", place.remote());
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
