package io.m2mgate.store;

import io.m2mgate.session.SecretSet.Expiries;
import java.util.Map;
import java.util.Set;

/**
 * What a rotation is to give a terminal.
 *
 * @param kinds which secrets are new, by the names of {@link SecretKinds}
 * @param expirySeconds when some of them expire, since 1970, {@link Expiries#NONE} never; the others as the settings have it
 */
public record RotationWish(
    Set<String> kinds, Map<String, Long> expirySeconds, Rotation.Origin origin) {

  public RotationWish {
    kinds = Set.copyOf(kinds);
    expirySeconds = Map.copyOf(expirySeconds);
  }

  /** With the expiries of the settings. */
  public static RotationWish of(Set<String> kinds, Rotation.Origin origin) {
    return new RotationWish(kinds, Map.of(), origin);
  }

  /** The rotation does all of it. */
  public boolean coveredBy(Rotation rotation) {
    return rotation.kinds().containsAll(kinds)
        && expirySeconds.entrySet().stream()
            .allMatch(asked -> asked.getValue() == rotation.expirySeconds(asked.getKey()));
  }
}
