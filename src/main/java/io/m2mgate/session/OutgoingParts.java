package io.m2mgate.session;

import io.m2mgate.wire.Segmenter;

/** An answer that leaves in parts: the terminal asks for each (wire 6). Owned by the terminal's lane. */
public final class OutgoingParts {

  private final Session session;
  private final int command;
  private final Segmenter segmenter;
  private final boolean encrypted;
  private final long sinceMillis;
  private final MessageSequences sequences = new MessageSequences();

  /**
   * @param command of the request that is being answered
   * @param encrypted the body that the parts are cut from
   * @param sequence of that request
   */
  public OutgoingParts(
      Session session,
      int command,
      Segmenter segmenter,
      boolean encrypted,
      int sequence,
      long nowMillis) {
    this.session = session;
    this.command = command;
    this.segmenter = segmenter;
    this.encrypted = encrypted;
    this.sinceMillis = nowMillis;
    sequences.add(sequence);
  }

  /** Whether a word about parts is about these: of the command and session, and no replay. */
  public boolean takes(Session of, int ofCommand, int sequence) {
    return of == session
        && command == ofCommand
        && (sequences.has(sequence) || of.sequences().isNew(sequence));
  }

  /** The terminal spoke of it under this sequence. */
  public void spoken(int sequence) {
    session.sequences().mark(sequence);
    sequences.add(sequence);
  }

  public Session session() {
    return session;
  }

  public Segmenter segmenter() {
    return segmenter;
  }

  public boolean encrypted() {
    return encrypted;
  }

  long sinceMillis() {
    return sinceMillis;
  }
}
