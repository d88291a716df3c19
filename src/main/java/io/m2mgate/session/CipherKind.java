package io.m2mgate.session;

import io.m2mgate.dictionary.Dialect;
import java.util.Optional;
import java.util.OptionalInt;

/** The ciphers of bodies and of session keys under the base key (wire 4). */
public enum CipherKind {
  /** 2-key EDE, ECB, zero padding to 8. */
  TRIPLE_DES("3des", "3des-ecb"),
  /** CBC, PKCS #7, random IV first. */
  AES_128("aes-128", "aes-128-cbc"),
  /** CBC, PKCS #7, random IV first. */
  SM4("sm4", "sm4-cbc");

  private static final String TABLE = "cipher";

  private final String text;
  private final String codeName;

  CipherKind(String text, String codeName) {
    this.text = text;
    this.codeName = codeName;
  }

  /** The cipher that a dialect has under this code, as E035, E039 and E03E carry it; empty where it has none of ours. */
  public static Optional<CipherKind> of(Dialect dialect, int code) {
    for (CipherKind kind : values()) {
      OptionalInt own = kind.code(dialect);
      if (own.isPresent() && own.getAsInt() == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** The code in the dialect's table {@code cipher}; empty where the dialect does not have this cipher. */
  public OptionalInt code(Dialect dialect) {
    return dialect.codes(TABLE).find(codeName);
  }

  /** As profiles have it. */
  public String text() {
    return text;
  }
}
