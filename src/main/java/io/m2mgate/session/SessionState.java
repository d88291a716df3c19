package io.m2mgate.session;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The stored sessions of one terminal.
 *
 * @param lastTimestamp the greatest token ever given to this terminal, 0 before the first
 * @param confirmed the session in force
 * @param tentative opened by LOGIN and not yet confirmed, oldest first, at most two
 * @param ended the last session that a LOGOUT ended, kept to answer repeated LOGOUTs
 * @param online presence as the applications see it
 * @param silent online, and an expected heartbeat did not come
 * @param heardMillis when the terminal was last heard, as of the last write of this row
 * @param asleep a LOGOUT ended its short connection in good order: it comes again when it has something to say
 * @param factsJson what the terminal told of itself (software version, cell, signal, bearer), a JSON object
 */
public record SessionState(
    long lastTimestamp,
    Optional<SessionToken> confirmed,
    List<SessionToken> tentative,
    Optional<SessionToken> ended,
    boolean online,
    boolean silent,
    long heardMillis,
    boolean asleep,
    String factsJson) {

  public static final SessionState NONE =
      new SessionState(0, Optional.empty(), List.of(), Optional.empty(), false, false, 0, "{}");

  public SessionState {
    tentative = List.copyOf(tentative);
  }

  /** Of one that is not asleep. */
  public SessionState(
      long lastTimestamp,
      Optional<SessionToken> confirmed,
      List<SessionToken> tentative,
      Optional<SessionToken> ended,
      boolean online,
      boolean silent,
      long heardMillis,
      String factsJson) {
    this(lastTimestamp, confirmed, tentative, ended, online, silent, heardMillis, false, factsJson);
  }

  /** A session that these secrets opened was confirmed, or can be. */
  public boolean uses(long generation, long nowMillis) {
    return Stream.concat(
            Stream.concat(confirmed.stream(), ended.stream()),
            tentative.stream().filter(token -> !token.lapsedAt(nowMillis)))
        .anyMatch(token -> token.generation() == generation);
  }
}
