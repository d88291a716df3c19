package io.m2mgate.session;

/**
 * Logins of one terminal that could not be served: the first two copies of one stay unanswered, the third may be told to try
 * later, but never within ten minutes of a REGISTER or LOGOUT, for that stops a fielded stack for good (5.3.2, "Overload"). Owned
 * by the terminal's lane.
 */
public final class LoginCopies {

  private static final long SPARED_MILLIS = 600_000;

  private long hash;
  private int copies;
  private boolean sparing;
  private long sparedSinceMillis;

  /** A login of this content was not served; true when it is to be told so. */
  public boolean unserved(long loginHash, long nowMillis) {
    copies = loginHash == hash ? copies + 1 : 1;
    hash = loginHash;
    return copies >= RecentRequest.TOLD_COPY && !spared(nowMillis);
  }

  public void served() {
    copies = 0;
  }

  /** LOGOUT or REGISTER was served. */
  public void spare(long nowMillis) {
    sparing = true;
    sparedSinceMillis = nowMillis;
  }

  /** True within ten minutes of a LOGOUT or REGISTER. */
  public boolean spared(long nowMillis) {
    return sparing && nowMillis - sparedSinceMillis < SPARED_MILLIS;
  }
}
