package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;
import java.util.Optional;

/** Decrypts for {@link FrameExplainer}; the cryptography and the keys are the caller's. */
public interface BodyOpener {
  /** Has no keys. */
  BodyOpener NONE = new BodyOpener() {
    @Override
    public Opening body(Dialect dialect, Frame frame, int at, int length) {
      return new Opening.Closed("no key was given");
    }

    @Override
    public Opening sessionKey(Dialect dialect, byte[] bytes, int at, int length) {
      return new Opening.Closed("no key was given");
    }
  };

  /** Has the body in clear already, where somebody could decrypt it. */
  static BodyOpener holding(Optional<byte[]> clear) {
    return new BodyOpener() {
      @Override
      public Opening body(Dialect dialect, Frame frame, int at, int length) {
        return clear
            .<Opening>map(bytes -> new Opening.Clear(bytes, "under the session's key"))
            .orElseGet(() -> NONE.body(dialect, frame, at, length));
      }

      @Override
      public Opening sessionKey(Dialect dialect, byte[] bytes, int at, int length) {
        return NONE.sessionKey(dialect, bytes, at, length);
      }
    };
  }

  /** What came of it. */
  sealed interface Opening {
    /** @param how in words: key and cipher */
    record Clear(byte[] bytes, String how) implements Opening {}

    /** @param why in words: what is missing, or what does not fit */
    record Closed(String why) implements Opening {}
  }

  /** The body whose ciphertext begins at an offset of the frame's array. */
  Opening body(Dialect dialect, Frame frame, int at, int length);

  /** The TLVs by which LOGIN_ACK hands over a session key. */
  Opening sessionKey(Dialect dialect, byte[] bytes, int at, int length);
}
