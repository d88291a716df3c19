package io.m2mgate.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks one application's events as they come: each in its place, or the beginning of what is told again, which lies no further back
 * than is allowed. Any thread.
 */
final class MirrorLedger {
  static final String MARKER = "marker";

  private long newest;
  private long last;
  private long repeated;
  private long rewinds;
  private long furthest;
  private long lost;
  private long reordered;
  private final List<String> faults = new ArrayList<>();

  private int markers;

  /** An event, or a mark of {@link #MARKER}, which says that all before it came. */
  synchronized void take(JsonNode event) {
    if (event.has(MARKER)) {
      markers++;
      return;
    }
    long offset = event.path("offset").asLong();
    if (offset == last + 1) {
      repeated += offset <= newest ? 1 : 0;
    } else if (offset <= newest) {
      rewinds++;
      repeated++;
      furthest = Math.max(furthest, newest - offset + 1);
    } else {
      lost += offset - newest - 1;
      reordered += last == newest ? 0 : 1;
      faults.add("after " + last + " of " + newest + " came " + offset);
    }
    last = offset;
    newest = Math.max(newest, offset);
  }

  synchronized int markers() {
    return markers;
  }

  synchronized long newest() {
    return newest;
  }

  synchronized long repeated() {
    return repeated;
  }

  synchronized long rewinds() {
    return rewinds;
  }

  /** How many events came again at most behind one rewind, since this was asked before. */
  synchronized long furthest() {
    long was = furthest;
    furthest = 0;
    return was;
  }

  synchronized long lost() {
    return lost;
  }

  synchronized long reordered() {
    return reordered;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }
}
