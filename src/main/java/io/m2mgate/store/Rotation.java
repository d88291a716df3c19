package io.m2mgate.store;

import io.m2mgate.session.SecretSet.Expiries;
import java.util.Locale;
import java.util.Set;

/**
 * One set of secrets on its way to a terminal, or what became of it (behaviour 5.3.10). A terminal has at most one that is open;
 * its set is made once and never changed.
 *
 * @param id ULID
 * @param generation of its set
 * @param kinds which of the secrets are new, by the names of {@link SecretKinds}; the others are those in force
 * @param reason why it stands where it does, empty where the state says all
 * @param secrets sealed; empty once it has ended
 * @param sentMillis first time it left, 0 before
 * @param ackedMillis when the terminal acknowledged it, 0 before
 * @param endedMillis 0 while it is open
 * @param deadlineMillis when it counts as unconfirmed
 * @param sends how often it left
 * @param oldSessions sessions that were confirmed under the secrets before it since it was acknowledged
 */
public record Rotation(
    String id,
    String serial,
    long generation,
    Origin origin,
    Set<String> kinds,
    State state,
    String reason,
    SealedSecrets secrets,
    Expiries expiries,
    long createdMillis,
    long updatedMillis,
    long sentMillis,
    long ackedMillis,
    long endedMillis,
    long deadlineMillis,
    int sends,
    int oldSessions) {

  /** The reason of one that an operator wants to be sent again. */
  public static final String RESEND = "resend";

  public Rotation {
    kinds = Set.copyOf(kinds);
  }

  /**
   * When the secret of its set expires, since 1970.
   *
   * @param kind one of the three that can be rotated
   */
  public long expirySeconds(String kind) {
    return switch (kind) {
      case SecretKinds.UPLINK_PASSWORD -> expiries.uplink();
      case SecretKinds.DOWNLINK_PASSWORD -> expiries.downlink();
      case SecretKinds.BASE_KEY -> expiries.baseKey();
      default -> throw new IllegalArgumentException("no secret of a set: " + kind);
    };
  }

  public boolean isOpen() {
    return endedMillis == 0;
  }

  /** Who asked for it. */
  public enum Origin {
    OPERATOR,
    POLICY,
    REGISTRATION,
    TERMINAL;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How far it has come. Those from {@link #SUCCEEDED} on are ends. */
  public enum State {
    /** Waits for the terminal, or for a way by which secrets may leave. */
    QUEUED("queued"),
    /** It left at least once; from here on nothing but a session, a roll-back or an operator ends it. */
    SENT("sent"),
    /** The terminal has it; a session under it will confirm it. */
    ACKED("acked"),
    /** Past its deadline without a session under it. */
    UNCONFIRMED("unconfirmed"),
    /** A session under it is confirmed. */
    SUCCEEDED("succeeded"),
    /** The terminal refused it. */
    REFUSED("refused"),
    /** The terminal acknowledged it and went back to the secrets before. */
    ROLLED_BACK("rolledBack"),
    /** An operator gave it up. */
    ABANDONED("abandoned");

    private final String text;

    State(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    public static State of(String text) {
      for (State state : values()) {
        if (state.text.equals(text)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state of a rotation: " + text);
    }

    public boolean isEnd() {
      return compareTo(SUCCEEDED) >= 0;
    }
  }
}
