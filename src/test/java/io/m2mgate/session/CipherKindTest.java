package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ciphers and their codes in the dictionary. */
class CipherKindTest {

  // Verifies the codes of wire.md 4, there and back, and that an unknown one is none of ours.
  @Test
  void hasTheCodesOfTheDialect() {
    Dialect dialect = Dictionary.load().dialect();

    assertThat(CipherKind.TRIPLE_DES.code(dialect)).hasValue(0);
    assertThat(CipherKind.AES_128.code(dialect)).hasValue(1);
    assertThat(CipherKind.SM4.code(dialect)).hasValue(2);
    for (CipherKind kind : CipherKind.values()) {
      assertThat(CipherKind.of(dialect, kind.code(dialect).orElseThrow())).contains(kind);
    }
    assertThat(CipherKind.of(dialect, 3)).isEmpty();
  }

  // Verifies that a dialect may number them otherwise or leave one out.
  @Test
  void followsAnOverlay(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("acme.json"), """
        {"name": "acme", "codes": {"cipher": {"1": null, "2": null, "7": {"name": "sm4-cbc"}}}}""");
    Dialect acme = Dictionary.load(dir).dialect("acme").orElseThrow();

    assertThat(CipherKind.SM4.code(acme)).hasValue(7);
    assertThat(CipherKind.of(acme, 7)).contains(CipherKind.SM4);
    assertThat(CipherKind.AES_128.code(acme)).isEqualTo(OptionalInt.empty());
    assertThat(CipherKind.of(acme, 1)).isEmpty();
  }
}
