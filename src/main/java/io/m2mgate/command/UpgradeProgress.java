package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.bus.FileAsked.Step;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.UpgradePhase;
import java.time.Instant;
import java.util.Optional;

/** How far the upgrade of one terminal has come; what of it is stored is a command's result. Used on the terminal's lane. */
final class UpgradeProgress {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long RATE_MILLIS = 5_000;
  private static final long SECOND = 1_000;

  private final long size;
  private Optional<UpgradePhase> phase;
  private long offset;
  private long blocks;
  private long bytes;
  private long rate;
  private String cause;
  private String seen;
  private long downloadedMillis;
  private long errorMillis;

  private long notedMillis;
  private boolean changed;
  private long rateFromMillis;
  private long rateBytes;

  /**
   * @param size of the file
   * @param result as it was stored, or empty
   */
  UpgradeProgress(long size, String result) {
    JsonNode stored = parsed(result);
    this.size = size;
    phase = UpgradePhase.parse(stored.path(CommandBody.PHASE).asText());
    offset = stored.path(CommandBody.OFFSET).asLong();
    blocks = stored.path(CommandBody.BLOCKS).asLong();
    bytes = stored.path(CommandBody.BYTES).asLong();
    cause = stored.path(CommandBody.CAUSE).asText("");
    seen = stored.path(CommandBody.SEEN).asText("");
    downloadedMillis = millis(stored.path(CommandBody.DOWNLOADED_AT));
    errorMillis = millis(stored.path(CommandBody.ERROR_AT));
  }

  private static JsonNode parsed(String result) {
    try {
      return result.isEmpty() ? JSON.createObjectNode() : JSON.readTree(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored result is no JSON", e);
    }
  }

  private static long millis(JsonNode time) {
    return time.isTextual() ? Instant.parse(time.asText()).toEpochMilli() : 0;
  }

  /** Empty before the first sign of the terminal. */
  Optional<UpgradePhase> phase() {
    return phase;
  }

  boolean is(UpgradePhase one) {
    return phase.filter(one::equals).isPresent();
  }

  /** It has the file, as far as can be seen, and was not asked for it since. */
  boolean downloaded() {
    return downloadedMillis > 0;
  }

  long downloadedMillis() {
    return downloadedMillis;
  }

  /** When an alarm told of an error after which it asked for nothing; 0 for none. */
  long errorMillis() {
    return errorMillis;
  }

  String seen() {
    return seen;
  }

  void enter(UpgradePhase next) {
    phase = Optional.of(next);
    changed = true;
  }

  void because(String why) {
    cause = why;
    changed = true;
  }

  void saw(String version) {
    seen = version;
    changed = true;
  }

  void error(long nowMillis) {
    errorMillis = nowMillis;
    changed = true;
  }

  /** Counts what the terminal asked for; true when that is another phase. */
  boolean asked(FileAsked asked) {
    errorMillis = 0;
    changed = true;
    return asked.step() == Step.FINISHED ? finished(asked.atMillis()) : block(asked);
  }

  private boolean finished(long atMillis) {
    if (is(UpgradePhase.INSTALLING) || is(UpgradePhase.DOWNLOADED)) {
      return false;
    }
    offset = size;
    downloadedMillis = downloadedMillis == 0 ? atMillis : downloadedMillis;
    enter(UpgradePhase.DOWNLOADED);
    return true;
  }

  private boolean block(FileAsked asked) {
    if (asked.step() == Step.START && asked.offset() == 0) {
      offset = 0;
      downloadedMillis = 0;
    }
    if (asked.length() > 0) {
      blocks++;
      bytes += asked.length();
      measure(asked.atMillis());
      long end = asked.offset() + asked.length();
      if (asked.offset() <= offset && end > offset) {
        offset = end;
        downloadedMillis = end >= size ? asked.atMillis() : 0;
      }
    }
    boolean turns = !is(UpgradePhase.DOWNLOADING);
    if (turns) {
      enter(UpgradePhase.DOWNLOADING);
    }
    return turns;
  }

  private void measure(long atMillis) {
    if (rateFromMillis == 0) {
      rateFromMillis = atMillis;
      rateBytes = bytes;
    } else if (atMillis - rateFromMillis >= RATE_MILLIS) {
      rate = (bytes - rateBytes) * SECOND / (atMillis - rateFromMillis);
      rateFromMillis = atMillis;
      rateBytes = bytes;
    }
  }

  /** True when there is something to tell that nobody was told for so long. */
  boolean toBeNoted(long nowMillis, long afterMillis) {
    return changed && nowMillis - notedMillis >= afterMillis;
  }

  /** What is stored of it. */
  void write(ObjectNode result, long nowMillis) {
    changed = false;
    notedMillis = nowMillis;
    phase.ifPresent(now -> result.put(CommandBody.PHASE, now.text()));
    result.put(CommandBody.OFFSET, offset).put(CommandBody.BLOCKS, blocks);
    result.put(CommandBody.BYTES, bytes).put(CommandBody.RATE, rate);
    if (!cause.isEmpty()) {
      result.put(CommandBody.CAUSE, cause);
    }
    if (!seen.isEmpty()) {
      result.put(CommandBody.SEEN, seen);
    }
    time(result, CommandBody.DOWNLOADED_AT, downloadedMillis);
    time(result, CommandBody.ERROR_AT, errorMillis);
  }

  /** One that does not hold any more must not stay. */
  private static void time(ObjectNode result, String name, long millis) {
    result.put(name, millis == 0 ? null : Instant.ofEpochMilli(millis).toString());
  }
}
