package io.m2mgate.bridge;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.config.AccessSettings;
import io.m2mgate.store.GrantStore.Grant;
import io.m2mgate.store.GrantStore.Kind;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Issues access tokens (RFC 6749, 4.4). Safe for any thread. */
public final class Tokens {

  private final Access access;
  private final AccessSettings settings;
  private final InstantSource clock;

  /** @param token shown once */
  public record Issued(String token, int expiresInSeconds, Set<Scope> scopes) {}

  Tokens(Access access, AccessSettings settings, InstantSource clock) {
    this.access = access;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * With one more than an application may have the oldest goes: clients that ask for one with every request are common, and a refusal
   * would shut out their well-behaved neighbours.
   *
   * @param caller who has an application and a key
   * @param scopes some of the caller's
   */
  public Future<Issued> issue(Caller caller, Set<Scope> scopes) {
    var token = access.newToken(Kind.TOKEN);
    long now = clock.millis();
    var grant = new Grant(
        UlidCreator.getMonotonicUlid(now).toString(),
        Kind.TOKEN,
        caller.app().orElseThrow(),
        caller.keyId(),
        token.digest(),
        scopes.stream().map(Scope::text).collect(Collectors.toSet()),
        Optional.empty(),
        0,
        now,
        now,
        now + TimeUnit.SECONDS.toMillis(settings.tokenSeconds()),
        false);
    return access
        .grants()
        .create(grant, settings.tokens())
        .map(new Issued(token.presented(), settings.tokenSeconds(), scopes));
  }
}
