package io.m2mgate.bridge;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks, once the credentials were checked. Immutable.
 *
 * @param app code of the asking application; absent for the administrator key
 * @param keyId the key that was presented, empty for the administrator key
 */
public record Caller(Optional<String> app, String keyId, Set<Scope> scopes) {

  public static final Caller ADMIN = new Caller(Optional.empty(), "", EnumSet.allOf(Scope.class));

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** The administrator key, which belongs to no application. */
  public boolean isAdministrator() {
    return app.isEmpty();
  }

  /** As the audit names it. */
  public String actor() {
    return app.map(code -> "app:" + code).orElse("admin");
  }
}
