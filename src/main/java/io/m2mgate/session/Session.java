package io.m2mgate.session;

/** One session of a terminal while it is in memory (behaviour 5.2.1). Owned by the terminal's lane. */
public final class Session {

  private final SessionToken token;
  private final SequenceWindow sequences = new SequenceWindow();
  private LoginFacts login = LoginFacts.NONE;

  public Session(SessionToken token) {
    this.token = token;
  }

  public SessionToken token() {
    return token;
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
