package io.m2mgate.store.sql;

import io.m2mgate.session.CipherKind;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The tokens of a session row as text: an array of arrays {@code [kind, timestamp, shortImei, loginHash, opened, ended,
 * generation, rebinding, cipher, sealed key, its expiry]}, the last three only of sessions that have a key. Stateless.
 */
final class SessionJson {
  /** Not above 0, for it is not there; the terminal's row says that apart. */
  private static final long ASLEEP = -1;

  private static final long OFFLINE = 0;
  private static final long ONLINE = 1;
  private static final long SILENT = 2;

  private static final int CONFIRMED = 0;
  private static final int TENTATIVE = 1;
  private static final int ENDED = 2;
  private static final int GENERATION = 6;
  private static final int KEY = 8;

  private SessionJson() {}

  static String encode(SessionState state) {
    StringBuilder text = new StringBuilder(128).append('[');
    state.confirmed().ifPresent(token -> append(text, CONFIRMED, token));
    state.tentative().forEach(token -> append(text, TENTATIVE, token));
    state.ended().ifPresent(token -> append(text, ENDED, token));
    return text.append(']').toString();
  }

  private static void append(StringBuilder text, int kind, SessionToken token) {
    text.append(text.length() == 1 ? "[" : ",[")
        .append(kind)
        .append(',')
        .append(token.timestamp())
        .append(',')
        .append(token.shortImei() ? 1 : 0)
        .append(',')
        .append(token.loginHash())
        .append(',')
        .append(token.openedMillis())
        .append(',')
        .append(token.endedMillis())
        .append(',')
        .append(token.generation())
        .append(',')
        .append(token.rebinding() ? 1 : 0);
    token
        .key()
        .ifPresent(key -> text.append(",\"")
            .append(key.cipher().text())
            .append("\",\"")
            .append(key.sealed())
            .append("\",")
            .append(key.expirySeconds()));
    text.append(']');
  }

  /** The state as the column {@code online} has it. */
  static long online(SessionState state) {
    if (state.online()) {
      return state.silent() ? SILENT : ONLINE;
    }
    return state.asleep() ? ASLEEP : OFFLINE;
  }

  static SessionState decode(
      long lastTimestamp, long online, long heard, String tokens, String facts) {
    Optional<SessionToken> confirmed = Optional.empty();
    Optional<SessionToken> ended = Optional.empty();
    List<SessionToken> tentative = new ArrayList<>(2);
    JsonArray all = new JsonArray(tokens);
    for (int i = 0; i < all.size(); i++) {
      JsonArray one = all.getJsonArray(i);
      // Rows of earlier versions end with the fifth value, those of sessions in clear with the
      // seventh.
      boolean whole = one.size() > GENERATION;
      SessionToken token = new SessionToken(
          one.getLong(1),
          one.getLong(2) != 0,
          one.getLong(3),
          one.getLong(4),
          one.getLong(5),
          whole ? one.getLong(GENERATION) : 0,
          whole && one.getLong(GENERATION + 1) != 0,
          key(one));
      switch (one.getInteger(0)) {
        case CONFIRMED -> confirmed = Optional.of(token);
        case TENTATIVE -> tentative.add(token);
        default -> ended = Optional.of(token);
      }
    }
    return new SessionState(
        lastTimestamp,
        confirmed,
        tentative,
        ended,
        online > OFFLINE,
        online == SILENT,
        heard,
        online == ASLEEP,
        facts);
  }

  /** The same tokens, after the sealed key of each that has one went through, with its timestamp. */
  static String resealed(String tokens, BiFunction<Long, byte[], byte[]> each) {
    JsonArray all = new JsonArray(tokens);
    for (int i = 0; i < all.size(); i++) {
      JsonArray one = all.getJsonArray(i);
      key(one).ifPresent(key -> {
        byte[] sealed = Base64.getDecoder().decode(key.sealed());
        one.set(KEY + 1, Base64.getEncoder().encodeToString(each.apply(one.getLong(1), sealed)));
      });
    }
    return all.encode();
  }

  private static Optional<SealedKey> key(JsonArray token) {
    return token.size() > KEY
        ? Optional.of(new SealedKey(
            CipherKind.ofText(token.getString(KEY)),
            token.getString(KEY + 1),
            token.getLong(KEY + 2)))
        : Optional.empty();
  }
}
