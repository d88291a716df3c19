package io.m2mgate.ops;

import io.m2mgate.bridge.SecretSealer;
import io.m2mgate.security.SecretBox;
import java.security.MessageDigest;

/** The box of the terminals' secrets as administration may use it: nothing comes out of it in clear. Safe for any thread. */
record SealedTerminals(SecretBox box) implements SecretSealer {

  @Override
  public byte[] seal(String serial, String kind, byte[] clear) {
    return box.seal(serial, kind, clear);
  }

  @Override
  public boolean holds(String serial, String kind, byte[] sealed, byte[] clear) {
    try {
      return MessageDigest.isEqual(box.open(serial, kind, sealed), clear);
    } catch (SecretBox.SealBroken e) {
      return false;
    }
  }

  @Override
  public long fingerprint(String subject, byte[] clear) {
    return box.fingerprint(subject, clear);
  }
}
