package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;

/** Explains frames byte by byte: for the inspector, traces and tools. Immutable; never throws on any bytes. */
public final class FrameExplainer {
  private final DigestCheck digestCheck;
  private final BodyOpener opener;
  private final boolean showSecrets;

  public FrameExplainer() {
    this(DigestCheck.NONE, false);
  }

  public FrameExplainer(DigestCheck digestCheck, boolean showSecrets) {
    this(digestCheck, BodyOpener.NONE, showSecrets);
  }

  public FrameExplainer(DigestCheck digestCheck, BodyOpener opener, boolean showSecrets) {
    this.digestCheck = digestCheck;
    this.opener = opener;
    this.showSecrets = showSecrets;
  }

  /** The frame in the words of a dialect. Offsets of rows and fault count from the start of the frame. */
  public Explanation explain(Frame frame, Dialect dialect) {
    int digest = DigestLocator.find(frame, dialect);
    var verdict = digest < 0
        ? frame.hasDigestFlag() ? DigestVerdict.MISSING : DigestVerdict.ABSENT
        : digestCheck.check(frame, digest);
    var rows = new ExplanationRows(frame, dialect, digest, opener, showSecrets);
    rows.explain();
    return new Explanation(
        dialect.name(),
        rows.commandName(),
        frame.serialValid() ? frame.serial() : "?",
        frame.length(),
        rows.wrapping(),
        verdict,
        digest < 0 ? "" : digestCheck.note(frame, digest),
        rows.rows(),
        rows.inside(),
        rows.fault());
  }
}
