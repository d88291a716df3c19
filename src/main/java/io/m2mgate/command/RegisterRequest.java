package io.m2mgate.command;

import io.m2mgate.bus.Opening;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.ProvenSecret;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a REGISTER says (wire 7, "REGISTER by operation").
 *
 * @param operation its name in the dictionary
 * @param serial of the header, which may be a placeholder
 * @param cleared passwords and base key are gone, says the terminal
 * @param digests of the preset secrets
 * @param proven the digest under timestamp zero is good, or the terminal's profile asks for none
 */
record RegisterRequest(
    String operation,
    String serial,
    String imei,
    String imsi,
    boolean cleared,
    Map<ProvenSecret, byte[]> digests,
    boolean proven) {

  static final String ASK_SERIAL = "askSerial";
  static final String ASK_SECURITY = "askSecurity";
  static final String REBIND = "rebind";
  static final String PRESET = "preset";
  static final String CLEARED = "cleared";

  private static final String CLEARED_ALL = "passwordsAndBaseKey";

  static RegisterRequest read(Opening register, boolean proven) throws MalformedFrame {
    Dialect dialect = register.dialect();
    Body body = Body.read(
        dialect,
        register.command(),
        false,
        register.bytes(),
        register.bodyOffset(),
        register.bodyLength(),
        false);
    boolean cleared = false;
    Map<ProvenSecret, byte[]> digests = new EnumMap<>(ProvenSecret.class);
    int all = dialect.codes("clearedSecurity").code(CLEARED_ALL);
    TlvReader tlvs = body.tlvs();
    while (tlvs.next()) {
      if (tlvs.tag() == dialect.tags().clearedSecurity()) {
        cleared = (tlvs.u8() & all) == all;
      }
      for (ProvenSecret kind : ProvenSecret.values()) {
        if (tlvs.tag() == kind.digestTag(dialect.tags())) {
          digests.put(kind, tlvs.bytes());
        }
      }
    }
    return new RegisterRequest(
        dialect.registerOperations().nameOf(body.intOf("operation")),
        register.inbound().frame().serial(),
        body.textOf("imei"),
        body.textOf("imsi"),
        cleared,
        digests,
        proven);
  }

  /** It comes with a proof of who it is, which may be wrong. */
  boolean proves() {
    return is(REBIND) || is(PRESET);
  }

  boolean is(String name) {
    return operation.equals(name);
  }
}
