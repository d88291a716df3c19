package io.m2mgate.security;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.Segmenter;

/**
 * Whether a body goes to a terminal in one frame, in parts, or not at all (wire 6). The limits are the terminal's, and count after
 * encryption.
 *
 * @param reason why it goes in no form, naming the setting; empty where it does
 */
public record Parting(Form form, String reason) {

  private static final int TLV_HEADER = 4;

  private static final Parting ONE_FRAME = new Parting(Form.ONE_FRAME, "");
  private static final Parting PARTS = new Parting(Form.PARTS, "");

  /** How a body goes. */
  public enum Form {
    ONE_FRAME,
    PARTS,
    /** By another bearer only. */
    ELSEWHERE,
    /** The terminal cannot take it in any form. */
    UNFIT
  }

  /**
   * The form of a body of this command in this session.
   *
   * @param maxParts of one message
   */
  public static Parting of(
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command,
      byte[] clear,
      int maxParts) {
    Profile profile = session.profile();
    int length = wireLength(session, dialect, command, clear);
    if (length > profile.maxBodyBytes()) {
      return unfit(command, "a body of " + length, "maxBodyBytes", profile, profile.maxBodyBytes());
    }
    int frame = dialect.header().size() + length + DigestLocator.TLV_SIZE;
    int part = partLength(terminal, dialect);
    if (length > part
        && command.segmentable()
        && profile.segments()
        && dialect.header().hasFlags()) {
      return inParts(command, length, frame, part, profile, maxParts);
    }
    return frame <= profile.maxFrameBytes()
        ? ONE_FRAME
        : unfit(
            command, Integer.toString(frame), "maxFrameBytes", profile, profile.maxFrameBytes());
  }

  /**
   * The same for one that goes by short message, neither signed nor encrypted and never in parts (sms.md).
   *
   * @param maxFrameBytes that one message carries
   */
  public static Parting byMessage(
      Profile profile, Dialect dialect, CommandDef command, byte[] clear, int maxFrameBytes) {
    int frame = dialect.header().size() + clear.length;
    if (frame <= maxFrameBytes) {
      return ONE_FRAME;
    }
    boolean elsewhere = profile.bearers().stream().anyMatch(it -> !it.equals(Origin.SMS));
    return new Parting(
        elsewhere ? Form.ELSEWHERE : Form.UNFIT,
        command.name() + " of " + frame + " bytes does not fit into a short message, which carries "
            + maxFrameBytes);
  }

  private static Parting inParts(
      CommandDef command, int length, int frame, int part, Profile profile, int maxParts) {
    if (part <= 0) {
      return unfit(
          command, Integer.toString(frame), "maxFrameBytes", profile, profile.maxFrameBytes());
    }
    return Segmenter.parts(length, part) <= maxParts
        ? PARTS
        : new Parting(
            Form.UNFIT,
            command.name() + " of " + length + " bytes needs more parts of " + part
                + " bytes than segments.maxParts, " + maxParts);
  }

  private static Parting unfit(
      CommandDef command, String bytes, String setting, Profile profile, int limit) {
    return new Parting(
        Form.UNFIT,
        command.name() + " of " + bytes + " bytes is longer than " + setting + " of profile "
            + profile.name() + ", " + limit);
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
