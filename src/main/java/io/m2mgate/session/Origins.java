package io.m2mgate.session;

import java.util.Optional;

/** Finds the places again at which terminals were verified before a restart. May be used from any thread. */
@FunctionalInterface
public interface Origins {

  /** None can be found: what has no connection cannot be sent to. */
  Origins NONE = (lane, bearer, remote) -> Optional.empty();

  /**
   * The place that told of itself so; empty where nothing can be sent before something comes from there.
   *
   * @param lane of the terminal
   * @param bearer as of {@link Origin#bearer()}
   * @param remote as of {@link Origin#remote()}
   */
  Optional<Origin> again(int lane, String bearer, String remote);
}
