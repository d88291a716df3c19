package io.m2mgate.security;

import io.m2mgate.session.Identity;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;

/** Makes and checks the digests of frames (wire 3). One for each lane, used on its thread only. */
final class DigestProof {

  private final Md5Digest md5 = new Md5Digest();

  /** @param digestAt where the digest TLV begins, the end of what it covers */
  boolean verifies(Frame frame, int digestAt, int timestamp, Identity identity, boolean shortImei) {
    return verifies(frame, digestAt, digestAt - frame.offset(), timestamp, identity, shortImei);
  }

  /** The digest of a client that covers the header only. */
  boolean verifiesHeader(
      Frame frame, int digestAt, int timestamp, Identity identity, boolean shortImei) {
    return verifies(
        frame, digestAt, frame.bodyOffset() - frame.offset(), timestamp, identity, shortImei);
  }

  private boolean verifies(
      Frame frame, int digestAt, int covered, int timestamp, Identity identity, boolean shortImei) {
    int valueAt = digestAt + DigestLocator.TLV_SIZE - DigestLocator.VALUE_SIZE;
    return identity.canSign()
        && md5.verify(
            frame.bytes(),
            valueAt,
            frame.offset(),
            covered,
            timestamp,
            identity.imei(shortImei),
            identity.imsi(),
            identity.uplink());
  }

  /** Fills in the digest at the end of a frame that has the room for it. */
  void sign(byte[] frame, int timestamp, Identity identity, boolean shortImei) {
    md5.sign(
        frame,
        frame.length - DigestLocator.VALUE_SIZE,
        frame,
        0,
        frame.length - DigestLocator.TLV_SIZE,
        timestamp,
        identity.imei(shortImei),
        identity.imsi(),
        identity.downlink());
  }
}
