package io.m2mgate.store;

import io.m2mgate.session.SecretSet.Expiries;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The terminals' sets of secrets and their bindings. Each call is one transaction. Futures may complete on any thread. */
public interface SecurityStore {

  /**
   * Opens a rotation under the next generation. Fails with CONFLICT ({@code rotation}) when the terminal has an open one, with
   * NOT_FOUND when there is no such terminal.
   */
  Future<Rotation> open(NewRotation asked);

  /** @param app when present, terminals of other applications do not exist */
  Future<Optional<Rotation>> read(String serial, String id, Optional<String> app);

  /** The one that is open. */
  Future<Optional<Rotation>> openOf(String serial);

  /** Newest first. */
  Future<Page<Rotation>> list(String serial, Optional<String> cursor, int limit);

  /**
   * Moves an open rotation on; empty when it has ended. An end erases its secrets. A state never goes back: an earlier one than
   * the stored is not taken over, the rest of the step is. Neither is an end while the terminal has a stored session that the set
   * opened, unless that can be confirmed no more: the terminal uses the set, and {@link #settle} is what ends it.
   */
  Future<Optional<Rotation>> step(String id, Step step);

  /**
   * A session was confirmed that this set opened, under this IMSI where it was one that is being bound: they are the terminal's
   * from here on, also when the rotation was ended without success meanwhile. Doing it again changes nothing.
   */
  Future<Settled> settle(String serial, Used used, Optional<String> boundImsi, long nowMillis);

  /** Accepts REGISTER operation rebind: sessions may be opened under this IMSI too. False when there is no such terminal. */
  Future<Boolean> rebindTo(String serial, String imsi);

  /** Sets the mode of TLV sim-bind-mode. False when there is no such terminal. */
  Future<Boolean> simBinding(String serial, int mode);

  /** Open rotations past their deadline that are not marked so yet, the oldest deadlines first. */
  Future<List<Rotation>> overdue(long nowMillis, int limit);

  /** Terminals whose secrets in force expire before this second, in the order of serials, after {@code afterSerial}. */
  Future<List<Expiring>> expiringBefore(long second, String afterSerial, int limit);

  /** Remembers what was told of the expiries of a terminal's secrets; words of the caller. False when there is no such terminal. */
  Future<Boolean> told(String serial, Set<String> words);

  /** @param secrets sealed, all three: those that are not new are the ones in force */
  record NewRotation(
      String id,
      String serial,
      Rotation.Origin origin,
      Set<String> kinds,
      SealedSecrets secrets,
      Expiries expiries,
      long nowMillis,
      long deadlineMillis) {}

  /**
   * @param state to go to
   * @param sent how often it left now
   * @param oldSession a session under the secrets before was confirmed
   */
  record Step(Rotation.State state, String reason, int sent, boolean oldSession, long nowMillis) {

    public static Step to(Rotation.State state, String reason, long nowMillis) {
      return new Step(state, reason, 0, false, nowMillis);
    }
  }

  /**
   * The set that opened a session.
   *
   * @param secrets sealed, all three: the store may have erased its own
   */
  record Used(long generation, SealedSecrets secrets, Expiries expiries) {}

  /**
   * @param rotation the one that ended by it
   * @param binding what became of the IMSI
   */
  record Settled(Optional<Rotation> rotation, Binding binding) {}

  /** What a session under an IMSI that is being bound did to the terminal's record. */
  enum Binding {
    /** Nothing was to be bound. */
    NONE,
    /** The IMSI is bound now. */
    BOUND,
    /** Another terminal has the IMSI by now: the bound one stays, and the other is not waited for any more. */
    TAKEN
  }

  /**
   * A terminal with secrets that expire.
   *
   * @param told as {@link #told} was given
   */
  record Expiring(String serial, String app, Expiries expiries, Set<String> told) {}
}
