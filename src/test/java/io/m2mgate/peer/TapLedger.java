package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * What one consumer received, in the order in which it did: every event of each terminal, in its order, and again only what it had not
 * confirmed when it connected. One thread owns it.
 */
public final class TapLedger {
  private final Map<String, Long> lasts = new HashMap<>();
  private long readings;
  private long lost;
  private long repeated;
  private long reordered;
  private long unexpected;
  private long confirmed;
  private long confirmedAtConnect;
  private final Map<String, Long> connection = new HashMap<>();

  public void connected() {
    confirmedAtConnect = confirmed;
    connection.clear();
  }

  public void confirmed(JsonNode event) {
    confirmed = Math.max(confirmed, event.path("offset").asLong());
  }

  public void received(JsonNode event) {
    String serial = event.path("subject").asText();
    long tseq = event.path("tseq").asLong();
    long last = lasts.getOrDefault(serial, 0L);
    if (tseq <= connection.getOrDefault(serial, 0L)) {
      reordered++;
    }
    connection.merge(serial, tseq, Math::max);
    if (tseq <= last) {
      repeated++;
      unexpected += event.path("offset").asLong() <= confirmedAtConnect ? 1 : 0;
    } else {
      lost += tseq - last - 1;
      lasts.put(serial, tseq);
      readings += event.path("type").asText().equals("m2m.data.up") ? 1 : 0;
    }
  }

  /** Distinct ones. */
  public long readings() {
    return readings;
  }

  public long lost() {
    return lost;
  }

  /** What came again in any connection. */
  public long repeated() {
    return repeated;
  }

  public long reordered() {
    return reordered;
  }

  /** What came again although it had been confirmed before the connection. */
  public long unexpected() {
    return unexpected;
  }
}
