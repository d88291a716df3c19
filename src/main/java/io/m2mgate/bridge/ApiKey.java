package io.m2mgate.bridge;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An application's key as it is presented: {@code m2m_<keyId>_<secret>}. Immutable; never prints its secret.
 *
 * @param keyId public part, 12 of {@code [a-z2-7]}
 * @param secret 32 random bytes, base64url (43 characters, below the 72 bytes that bcrypt looks at)
 */
record ApiKey(String keyId, String secret) {

  private static final Pattern FORM = Pattern.compile("m2m_([a-z2-7]{12})_([A-Za-z0-9_-]{43})");
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LENGTH = 12;
  private static final int SECRET_BYTES = 32;

  static ApiKey random(SecureRandom random) {
    var id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    var secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new ApiKey(
        id.toString(), Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  static Optional<ApiKey> parse(String presented) {
    var matcher = FORM.matcher(presented);
    return matcher.matches()
        ? Optional.of(new ApiKey(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  String presented() {
    return "m2m_" + keyId + "_" + secret;
  }

  @Override
  public String toString() {
    return "m2m_" + keyId + "_…";
  }
}
