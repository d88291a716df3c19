package io.m2mgate.session;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.DigestLocator;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** How much one terminal takes in one request, in bytes, by the limits of its profile (wire 1). Immutable. */
public record BodyRoom(Dialect dialect, Profile profile) {

  public static final int TLV_HEADER = 4;

  /** TLV header, initialisation vector and padding of the widest cipher. */
  private static final int ENCRYPTED = TLV_HEADER + 32;

  private static final int CRC = 2;

  /** Of the TLVs of a request that can travel in parts where the profile says so. */
  public int ofConfiguration() {
    int room = profile.segments() ? profile.maxBodyBytes() : oneFrame();
    return Math.min(room, ofMessage());
  }

  /** Neither digest nor encryption, and no parts (sms.md); no limit where another bearer may be waited for. */
  private int ofMessage() {
    return profile.bearers().equals(Set.of(Origin.SMS))
        ? Math.max(0, dialect.shortMessages().maxFrameBytes() - dialect.header().size())
        : Integer.MAX_VALUE;
  }

  /**
   * Of a payload; data travels in parts only where the dialect says so (wire 6).
   *
   * @param sender the application's code or the terminal's serial that it comes from
   */
  public int ofData(String sender) {
    int routing = TLV_HEADER + sender.getBytes(StandardCharsets.US_ASCII).length;
    boolean parts = dialect.command(Command.TRANSPARENT_DATA).segmentable();
    int room = Math.min(parts ? ofConfiguration() : oneFrame(), ofMessage());
    return Math.max(0, room - CRC - routing - TLV_HEADER);
  }

  private int oneFrame() {
    int encryption = profile.encryption() == EncryptionPolicy.OFF ? 0 : ENCRYPTED;
    int room =
        profile.maxFrameBytes() - dialect.header().size() - DigestLocator.TLV_SIZE - encryption;
    return Math.min(profile.maxBodyBytes(), Math.max(0, room));
  }
}
