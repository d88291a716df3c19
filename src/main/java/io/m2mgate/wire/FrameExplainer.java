package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;
import java.util.Optional;

/** Explains frames byte by byte: for the inspector, traces and tools. Immutable; never throws on any bytes. */
public final class FrameExplainer {
  private final DigestCheck digestCheck;
  private final boolean showSecrets;

  public FrameExplainer() {
    this(DigestCheck.NONE, false);
  }

  public FrameExplainer(DigestCheck digestCheck, boolean showSecrets) {
    this.digestCheck = digestCheck;
    this.showSecrets = showSecrets;
  }

  /** The frame in the words of a dialect. Offsets of rows and fault count from the start of the frame. */
  public Explanation explain(Frame frame, Dialect dialect) {
    return explain(frame, dialect, Optional.empty());
  }

  /**
   * The same with what its encrypted body says.
   *
   * @param clear the decrypted body, where somebody could decrypt it; passed over where the frame is not encrypted
   */
  public Explanation explain(Frame frame, Dialect dialect, Optional<byte[]> clear) {
    int digest = DigestLocator.find(frame, dialect);
    var rows = new ExplanationRows(frame, dialect, digest, clear, showSecrets);
    rows.explain();
    var verdict = digest < 0
        ? frame.hasDigestFlag() ? DigestVerdict.MISSING : DigestVerdict.ABSENT
        : digestCheck.check(frame, digest);
    return new Explanation(
        dialect.name(),
        rows.commandName(),
        frame.serialValid() ? frame.serial() : "?",
        frame.length(),
        rows.wrapping(),
        verdict,
        rows.rows(),
        rows.inside(),
        rows.fault());
  }
}
