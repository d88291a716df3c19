package io.m2mgate.session;

import java.util.Optional;
import java.util.function.Supplier;

/** One session of a terminal while it is in memory (behaviour 5.2.1). Owned by the terminal's lane. */
public final class Session {

  private SessionToken token;
  private Identity identity;
  private final SequenceWindow sequences = new SequenceWindow();
  private final Supplier<Profile> profile;
  private Optional<SessionKey> key = Optional.empty();
  private LoginFacts login = LoginFacts.NONE;
  private Optional<Origin> openedFrom = Optional.empty();

  /**
   * @param identity what the LOGIN that opened it verified with, and all its frames do
   * @param profile the terminal's, as it is at the time
   */
  public Session(SessionToken token, Identity identity, Supplier<Profile> profile) {
    this.token = token;
    this.identity = identity;
    this.profile = profile;
  }

  /** The policies of its terminal now. */
  public Profile profile() {
    return profile.get();
  }

  /** Empty where its bodies go in clear. */
  public Optional<SessionKey> key() {
    return key;
  }

  /** Its bodies are encrypted from here on; before it is stored. */
  public void protect(SessionKey sessionKey, SealedKey sealed) {
    key = Optional.of(sessionKey);
    token = token.with(sealed);
  }

  /** Takes back the key that it was stored with. */
  public void restore(SessionKey sessionKey) {
    key = Optional.of(sessionKey);
  }

  /** The same once LOGOUT has ended it: it answers that LOGOUT again, and nothing else. */
  Session ended(long nowMillis) {
    Session over = new Session(token.ended(nowMillis), identity, profile);
    over.key = key;
    return over;
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

  /** Where its LOGIN came from; it proves no address. Empty after a restart. */
  public Optional<Origin> openedFrom() {
    return openedFrom;
  }

  public void openedFrom(Origin origin) {
    openedFrom = Optional.of(origin.lasting());
  }

  public LoginFacts login() {
    return login;
  }

  /** What the LOGIN that opened it told; becomes the terminal's own when the session is confirmed. */
  public void login(LoginFacts told) {
    login = told;
  }
}
