package io.m2mgate.bridge;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.EncryptionPolicy;
import io.m2mgate.session.Profile;
import io.m2mgate.wire.DigestLocator;
import java.nio.charset.StandardCharsets;

/** How much one terminal takes in one request, in bytes, by the limits of its profile (wire 1). Immutable. */
record BodyRoom(Dialect dialect, Profile profile) {

  static final int TLV_HEADER = 4;

  /** TLV header, initialisation vector and padding of the widest cipher. */
  private static final int ENCRYPTED = TLV_HEADER + 32;

  private static final int CRC = 2;

  /** Of the TLVs of a request that can travel in parts where the profile says so. */
  int ofConfiguration() {
    return profile.segments() ? profile.maxBodyBytes() : oneFrame();
  }

  /** Of a payload from an application; data never travels in parts (wire 6). */
  int ofData(String app) {
    int routing = TLV_HEADER + app.getBytes(StandardCharsets.US_ASCII).length;
    return Math.max(0, oneFrame() - CRC - routing - TLV_HEADER);
  }

  private int oneFrame() {
    int encryption = profile.encryption() == EncryptionPolicy.OFF ? 0 : ENCRYPTED;
    int room =
        profile.maxFrameBytes() - dialect.header().size() - DigestLocator.TLV_SIZE - encryption;
    return Math.min(profile.maxBodyBytes(), Math.max(0, room));
  }
}
