package io.m2mgate.command;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.Optional;

/**
 * What a LOGIN says of keys (behaviour 5.3.2).
 *
 * @param baseKeyDigest asks for a session key and proves the base key
 * @param cipher that the terminal reports to have, where its dialect says which values mean one
 * @param pin1Cleared its PIN1 was cleared locally
 */
record LoginKeys(Optional<byte[]> baseKeyDigest, Optional<CipherKind> cipher, boolean pin1Cleared) {

  static LoginKeys read(Body body) throws MalformedFrame {
    Dialect dialect = body.dialect();
    Tags tags = dialect.tags();
    Optional<byte[]> digest = Optional.empty();
    Optional<CipherKind> cipher = Optional.empty();
    boolean cleared = false;
    TlvReader tlvs = body.tlvs();
    while (tlvs.next()) {
      if (tlvs.tag() == tags.baseKeyDigest()) {
        digest = Optional.of(tlvs.bytes());
      } else if (tlvs.tag() == tags.encryptionSupported() && tlvs.valueLength() == 1) {
        cipher = cipher(dialect, tlvs.u8());
      } else if (tlvs.tag() == tags.clearedSecurity() && tlvs.valueLength() == 1) {
        cleared = (tlvs.u8() & dialect.codes("clearedSecurity").code("pin1")) != 0;
      }
    }
    return new LoginKeys(digest, cipher, cleared);
  }

  /** The tag is a yes or no unless the dialect gives its values the names of ciphers. */
  private static Optional<CipherKind> cipher(Dialect dialect, int value) {
    CodeTable values = dialect.tlv(dialect.tags().encryptionSupported()).values();
    return values
        .find(value)
        .map(code -> dialect.codes("cipher").find(code.name()))
        .filter(code -> code.isPresent())
        .flatMap(code -> CipherKind.of(dialect, code.getAsInt()));
  }
}
