package io.m2mgate.bridge;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks, once the credentials were checked. Immutable.
 *
 * @param app code of the asking application; absent for the administrator key
 * @param keyId the key that was presented, or on whose strength a token or session was; empty for the administrator key
 */
public record Caller(Optional<String> app, String keyId, Set<Scope> scopes, Standing standing) {

  public static final Caller ADMIN = new Caller(Optional.empty(), "", EnumSet.allOf(Scope.class));

  /**
   * By what a caller is in, and for how long.
   *
   * @param grantId of the token or session that was presented; empty for a key
   * @param untilMillis the end of a token; {@link Long#MAX_VALUE} where somebody will tell
   * @param from the client's address; absent where none is known
   */
  public record Standing(String grantId, long untilMillis, Optional<InetAddress> from) {
    public static final Standing PLAIN = new Standing("", Long.MAX_VALUE, Optional.empty());
  }

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  public Caller(Optional<String> app, String keyId, Set<Scope> scopes) {
    this(app, keyId, scopes, Standing.PLAIN);
  }

  Caller from(Optional<InetAddress> address) {
    return new Caller(
        app, keyId, scopes, new Standing(standing.grantId(), standing.untilMillis(), address));
  }

  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** The administrator key, which belongs to no application. */
  public boolean isAdministrator() {
    return app.isEmpty();
  }

  /** Whether a key was presented, and neither token nor session. */
  public boolean hasKey() {
    return standing.grantId().isEmpty();
  }

  /** As the audit names it. */
  public String actor() {
    return app.map(code -> "app:" + code).orElse("admin");
  }
}
