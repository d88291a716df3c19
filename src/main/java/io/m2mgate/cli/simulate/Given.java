package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.Arrays;

/** Secrets as the platform gives them; empty arrays where it leaves one as it is. Nobody writes into the arrays. */
record Given(byte[] uplink, byte[] downlink, byte[] baseKey) {

  private static final byte[] ABSENT = {};

  /** Those of a SECURITY_CONFIG, or of its answer; expiries are passed over. */
  static Given read(TlvReader tlvs, Tags tags) throws MalformedFrame {
    byte[] uplink = ABSENT;
    byte[] downlink = ABSENT;
    byte[] baseKey = ABSENT;
    while (tlvs.next()) {
      if (tlvs.tag() == tags.uplinkPassword()) {
        uplink = tlvs.bytes();
      } else if (tlvs.tag() == tags.downlinkPassword()) {
        downlink = tlvs.bytes();
      } else if (tlvs.tag() == tags.baseKey()) {
        baseKey = tlvs.bytes();
      }
    }
    return new Given(uplink, downlink, baseKey);
  }

  boolean isEmpty() {
    return uplink.length + downlink.length + baseKey.length == 0;
  }

  Keys appliedTo(Keys keys) {
    return keys.withSecrets(
        or(uplink, keys.uplink()), or(downlink, keys.downlink()), or(baseKey, keys.baseKey()));
  }

  /** Whether these keys have them already. */
  boolean isIn(Keys keys) {
    Keys applied = appliedTo(keys);
    return Arrays.equals(applied.uplink(), keys.uplink())
        && Arrays.equals(applied.downlink(), keys.downlink())
        && Arrays.equals(applied.baseKey(), keys.baseKey());
  }

  private static byte[] or(byte[] value, byte[] before) {
    return value.length > 0 ? value : before;
  }

  @Override
  public String toString() {
    return "Given[secret]";
  }
}
