package io.m2mgate.bridge;

import io.m2mgate.store.GrantStore.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a client presents for an access token or a session: 256 random bits behind a mark of which it is. Only its SHA-256 is kept,
 * for nobody can guess what it was made of. Immutable; never prints itself.
 */
record GrantToken(Kind kind, String presented) {

  private static final Pattern FORM = Pattern.compile("m2([ts])_[A-Za-z0-9_-]{43}");
  private static final int BYTES = 32;

  static GrantToken random(Kind kind, SecureRandom random) {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    var mark = kind == Kind.TOKEN ? "m2t_" : "m2s_";
    return new GrantToken(
        kind, mark + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Which of them a text has the form of. */
  static Optional<Kind> kind(String presented) {
    var matcher = FORM.matcher(presented);
    return matcher.matches()
        ? Optional.of(matcher.group(1).equals("t") ? Kind.TOKEN : Kind.SESSION)
        : Optional.empty();
  }

  String digest() {
    return HexFormat.of().formatHex(sha256(presented));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return presented.substring(0, 4) + "…";
  }
}
