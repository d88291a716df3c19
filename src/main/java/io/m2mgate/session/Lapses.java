package io.m2mgate.session;

/**
 * What went wrong with one terminal's frames and logins, each kept from its first occasion on: nothing did with most. Owned by the
 * terminal's lane.
 */
public final class Lapses {

  private VerificationFailures failures;
  private LoginCopies logins;

  public VerificationFailures failures() {
    if (failures == null) {
      failures = new VerificationFailures();
    }
    return failures;
  }

  public LoginCopies logins() {
    if (logins == null) {
      logins = new LoginCopies();
    }
    return logins;
  }

  /** No frame of it failed, and it was refused nothing. */
  public boolean none() {
    return failures == null;
  }

  /** A digest of it was right. */
  public void digestGood() {
    if (failures != null) {
      failures.good();
    }
  }

  /** It holds a stale timestamp, and must be made to log in. */
  public boolean withholdsHeartbeats() {
    return failures != null && failures.withholdsHeartbeats();
  }

  /** Its LOGIN was served. */
  public void loginServed() {
    if (logins != null) {
      logins.served();
    }
  }

  /** True within ten minutes of its LOGOUT or REGISTER. */
  public boolean spared(long nowMillis) {
    return logins != null && logins.spared(nowMillis);
  }
}
