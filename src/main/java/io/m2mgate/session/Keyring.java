package io.m2mgate.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that may open a session of a terminal: the secrets in force and the pending ones, under the bound IMSI and under the
 * one that is being bound (behaviour 5.3.1, 5.3.10). Immutable.
 */
public final class Keyring {

  private final Identity current;
  private final Optional<Identity> pending;
  /** All but the one in force: most terminals have no other. */
  private final List<Identity> others;

  private Keyring(Identity current, Optional<Identity> pending, List<Identity> others) {
    this.current = current;
    this.pending = pending;
    this.others = List.copyOf(others);
  }

  /** @param rebindingTo the IMSI of an accepted REGISTER operation rebind that no session has confirmed yet */
  public static Keyring of(
      TerminalRecord terminal,
      SecretSet current,
      Optional<SecretSet> pending,
      Optional<String> rebindingTo) {
    List<Identity> others = new ArrayList<>(0);
    Identity usual = Identity.of(terminal, current);
    Optional<Identity> next = pending.map(set -> Identity.of(terminal, set));
    next.ifPresent(others::add);
    rebindingTo.ifPresent(imsi -> {
      others.add(Identity.of(terminal.imei(), imsi, current, true));
      pending.ifPresent(set -> others.add(Identity.of(terminal.imei(), imsi, set, true)));
    });
    return new Keyring(usual, next, others);
  }

  /** The secrets in force under the bound IMSI. */
  public Identity current() {
    return current;
  }

  /** The pending secrets under the bound IMSI. */
  public Optional<Identity> pending() {
    return pending;
  }

  /** In the order in which a LOGIN is tried with them. */
  public List<Identity> all() {
    if (others.isEmpty()) {
      return List.of(current);
    }
    List<Identity> all = new ArrayList<>(1 + others.size());
    all.add(current);
    all.addAll(others);
    return all;
  }

  /** The same secrets under an IMSI that is not the terminal's. */
  public List<Identity> under(String imsi) {
    byte[] digits = imsi.getBytes(StandardCharsets.US_ASCII);
    return all().stream().map(identity -> identity.under(digits)).toList();
  }

  /** The one that a session was opened with; empty when its secrets are not valid any more. */
  public Optional<Identity> find(SessionToken token) {
    Optional<Identity> bound = Optional.empty();
    for (Identity identity : all()) {
      if (identity.secrets().generation() == token.generation()) {
        if (identity.rebinding() == token.rebinding()) {
          return Optional.of(identity);
        }
        // A session of the new IMSI outlives the rebinding, and one of the old does not.
        bound = token.rebinding() ? Optional.of(identity) : bound;
      }
    }
    return bound;
  }

  /** What proved a LOGIN a while ago, as it is now; empty when a session could not be opened with it any more. */
  public Optional<Identity> still(Identity proven) {
    return all().stream().filter(it -> it.provesLike(proven)).findFirst();
  }

  /** After a session that {@code with} opened was confirmed: its secrets are the only ones, its IMSI is the bound one. */
  public Keyring confirmedBy(Identity with) {
    // What was killed does not come back.
    boolean promoted = with.secrets().generation() > current.secrets().generation();
    if (!promoted && !with.rebinding()) {
      return this;
    }
    List<Identity> left = new ArrayList<>(2);
    Identity first = with.bound();
    Optional<Identity> next =
        promoted ? Optional.empty() : pending.map(it -> it.under(first.imsi()));
    next.ifPresent(left::add);
    if (!with.rebinding()) {
      others.stream()
          .filter(it -> it.rebinding() && it.secrets() == with.secrets())
          .forEach(left::add);
    }
    return new Keyring(first, next, left);
  }
}
