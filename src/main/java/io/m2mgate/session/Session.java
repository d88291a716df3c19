package io.m2mgate.session;

/** One session of a terminal while it is in memory (behaviour 5.2.1). Owned by the terminal's lane. */
public final class Session {

  private final SessionToken token;
  private Identity identity;
  private final SequenceWindow sequences = new SequenceWindow();
  private LoginFacts login = LoginFacts.NONE;

  /** @param identity what the LOGIN that opened it verified with, and all its frames do */
  public Session(SessionToken token, Identity identity) {
    this.token = token;
    this.identity = identity;
  }

  public SessionToken token() {
    return token;
  }

  public Identity identity() {
    return identity;
  }

  /** True when its LOGIN verified with these secrets under this binding. */
  boolean openedBy(Identity other) {
    return token.generation() == other.secrets().generation()
        && token.rebinding() == other.rebinding();
  }

  /** An administrator changed the terminal's record. */
  void identity(Identity renewed) {
    identity = renewed;
  }

  /** The token as it goes into digests. */
  public int timestamp() {
    return (int) token.timestamp();
  }

  public boolean shortImei() {
    return token.shortImei();
  }

  public SequenceWindow sequences() {
    return sequences;
  }

  public LoginFacts login() {
    return login;
  }

  /** What the LOGIN that opened it told; becomes the terminal's own when the session is confirmed. */
  public void login(LoginFacts told) {
    login = told;
  }
}
