package io.m2mgate.security;

import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Identity;
import io.m2mgate.session.MacKind;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import java.util.List;

/** Makes and checks the digests of frames (wire 3), of the kind that the terminal's profile says. One for each lane, used on its thread only. */
final class DigestProof {

  private final FrameMacs macs = new FrameMacs();

  /** The proof of a LOGIN: the digest under timestamp zero, over 16 bytes of IMEI or over 15. */
  Proof ofLogin(Frame frame, Dialect dialect, Terminal terminal) {
    int digestAt = DigestLocator.find(frame, dialect);
    if (digestAt < 0) {
      return Proof.ABSENT;
    }
    MacKind mac = terminal.profile().mac();
    for (Identity identity : terminal.keyring().all()) {
      if (verifies(frame, digestAt, mac, 0, identity, false)) {
        return Proof.good(identity, false);
      }
      if (verifies(frame, digestAt, mac, 0, identity, true)) {
        return Proof.good(identity, true);
      }
    }
    if (terminal.profile().digest() == DigestPolicy.OFF) {
      return Proof.good(terminal.keyring().current(), false);
    }
    if (terminal.lapses().none()) {
      return Proof.WRONG;
    }
    boolean refusedSim =
        terminal.lapses().failures().refusedImsi().map(terminal.keyring()::under).stream()
            .flatMap(List::stream)
            .anyMatch(other -> verifies(frame, digestAt, mac, 0, other, false)
                || verifies(frame, digestAt, mac, 0, other, true));
    return refusedSim ? Proof.MISMATCH : Proof.WRONG;
  }

  /** @param digestAt where the digest TLV begins, the end of what it covers */
  boolean verifies(
      Frame frame, int digestAt, MacKind mac, int timestamp, Identity identity, boolean shortImei) {
    return verifies(
        frame, digestAt, digestAt - frame.offset(), mac, timestamp, identity, shortImei);
  }

  /** A frame of a session. */
  boolean verifies(Frame frame, int digestAt, Session session) {
    return verifies(frame, digestAt, digestAt - frame.offset(), session);
  }

  /** The digest of a client that covers the header only. */
  boolean verifiesHeader(Frame frame, int digestAt, Session session) {
    return verifies(frame, digestAt, frame.bodyOffset() - frame.offset(), session);
  }

  private boolean verifies(Frame frame, int digestAt, int covered, Session session) {
    return verifies(
        frame,
        digestAt,
        covered,
        session.profile().mac(),
        session.timestamp(),
        session.identity(),
        session.shortImei());
  }

  private boolean verifies(
      Frame frame,
      int digestAt,
      int covered,
      MacKind mac,
      int timestamp,
      Identity identity,
      boolean shortImei) {
    int valueAt = digestAt + DigestLocator.TLV_SIZE - DigestLocator.VALUE_SIZE;
    return identity.canSign()
        && macs.of(mac)
            .verify(
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
  void sign(byte[] frame, Session session) {
    Identity identity = session.identity();
    macs.of(session.profile().mac())
        .sign(
            frame,
            frame.length - DigestLocator.VALUE_SIZE,
            frame,
            0,
            frame.length - DigestLocator.TLV_SIZE,
            session.timestamp(),
            identity.imei(session.shortImei()),
            identity.imsi(),
            identity.downlink());
  }
}
