package io.m2mgate.security;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.PartCodec;

/**
 * Whether a body goes to a terminal in one frame, in parts, or not at all (wire 6). The limits are the terminal's, and count after
 * encryption. Stateless.
 */
public final class Parting {

  private static final int TLV_HEADER = 4;

  private Parting() {}

  /** How a body goes. */
  public enum Form {
    ONE_FRAME,
    PARTS,
    /** The terminal cannot take it in any form. */
    UNFIT
  }

  /**
   * The form of a body of this command in this session.
   *
   * @param maxParts of one message
   */
  public static Form form(
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command,
      byte[] clear,
      int maxParts) {
    Profile profile = session.profile();
    int length = wireLength(session, dialect, command, clear);
    int part = partLength(terminal, dialect);
    if (length > profile.maxBodyBytes()) {
      return Form.UNFIT;
    }
    if (length > part
        && command.segmentable()
        && profile.segments()
        && dialect.header().hasFlags()) {
      return part > 0 && (length + part - 1) / part <= maxParts ? Form.PARTS : Form.UNFIT;
    }
    int frame = dialect.header().size() + length + DigestLocator.TLV_SIZE;
    return frame <= profile.maxFrameBytes() ? Form.ONE_FRAME : Form.UNFIT;
  }

  /** Bytes of a body in each part: what the profile says, what the terminal reports, and what its frames have room for. */
  public static int partLength(Terminal terminal, Dialect dialect) {
    Profile profile = terminal.profile();
    int around = dialect.header().size() + new PartCodec(dialect).size(0) + DigestLocator.TLV_SIZE;
    int most = Math.min(profile.maxPartBytes(), profile.maxFrameBytes() - around);
    int reported = terminal.syncList().numberOf(dialect.tags().maxBodyLength());
    return reported > 0 ? Math.min(most, reported) : most;
  }

  private static int wireLength(
      Session session, Dialect dialect, CommandDef command, byte[] clear) {
    if (!SessionCiphers.encrypts(session, command, clear)) {
      return clear.length;
    }
    SessionKey key = session.key().orElseThrow();
    return TLV_HEADER + BodyCiphers.encryptedLength(key.cipher(), clear.length);
  }
}
