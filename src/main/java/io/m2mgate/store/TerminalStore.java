package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The provisioned terminals with their sessions and reported values. Futures may complete on any thread. */
public interface TerminalStore {

  /** The terminals of these serials that exist, in any order; the lanes' batched read. */
  Future<List<StoredTerminal>> load(Collection<String> serials);

  /**
   * Fails with CONFLICT (serial, imei, imsi) or NOT_FOUND (application). The profile's existence is the caller's check.
   *
   * @param expiries of the secrets; those that are not named never expire
   */
  Future<TerminalRecord> create(
      TerminalRecord terminal, SealedSecrets secrets, SecretExpiries expiries);

  /** The same with secrets that never expire. */
  default Future<TerminalRecord> create(TerminalRecord terminal, SealedSecrets secrets) {
    return create(terminal, secrets, SecretExpiries.NONE);
  }

  /** @param app when present, terminals of other applications do not exist */
  Future<Optional<TerminalRow>> read(String serial, Optional<String> app);

  Future<Optional<TerminalRecord>> byImei(String imei);

  Future<Optional<TerminalRecord>> byImsi(String imsi);

  /** The terminals whose number is written in one of these forms, at most {@code limit}, in serial order. */
  Future<List<TerminalRecord>> byMsisdn(Collection<String> forms, int limit);

  /**
   * Makes a batch of terminals be there, in one transaction; gives a result for each row, in their order.
   *
   * <ol>
   *   <li>A row that is refused leaves the others alone.
   *   <li>Rows take effect in their order: a later one of the same serial meets the earlier one.
   *   <li>When the store is away it fails with UNAVAILABLE, and what became of the batch is not known; the same batch may
   *       be given again.
   * </ol>
   */
  Future<List<Provision.Result>> provision(List<Provision> rows);

  default Future<Page<TerminalRow>> list(
      TerminalFilter filter, Optional<String> cursor, int limit) {
    return list(TerminalQuery.of(filter), cursor, limit);
  }

  /**
   * In serial order. A page that is asked by {@code heard} ends early where too many terminals were looked at for it: it may be
   * empty then, and its {@code next} goes on.
   */
  Future<Page<TerminalRow>> list(TerminalQuery query, Optional<String> cursor, int limit);

  /** How many the filter finds. */
  Future<Integer> count(TerminalFilter filter);

  /** How many there are in each state that some are in. */
  Future<Map<TerminalState, Long>> states(Optional<String> app);

  /** Fails with NOT_FOUND, CONFLICT, or STALE when {@code ifRevision} is present and not the record's. */
  Future<TerminalRecord> update(String serial, TerminalPatch patch, Optional<Long> ifRevision);

  /**
   * Deletes the record, its secrets, sessions, reported values and commands; its events stay. False when there was none. Fails with
   * IN_USE while a command of it is open of which some application's log would tell.
   */
  Future<Boolean> delete(String serial);

  /** Reported values in ascending tag order. */
  Future<List<ReportedValue>> reported(String serial);

  /** Serials of terminals stored as online, in serial order, after {@code afterSerial}. */
  Future<List<String>> onlineAfter(String afterSerial, int limit);

  /** A terminal as the applications see it. */
  record TerminalRow(TerminalRecord terminal, SessionState sessions) {}

  /**
   * Which terminals to list; an absent criterion does not restrict.
   *
   * @param query matches the beginning of serial, IMEI, IMSI or number
   */
  record TerminalFilter(
      Optional<String> app,
      Optional<TerminalState> state,
      Optional<Boolean> enabled,
      Optional<String> profile,
      Optional<String> query) {
    public static final TerminalFilter ALL = new TerminalFilter(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * A filter and what only lists are asked by. Rows tell when a terminal was heard as of their last write, which an online one may
   * have outrun: each bound finds all that it may fit.
   *
   * @param serials of which the terminals are to be; empty = all
   * @param heardFromMillis not of terminals that were heard last before this, unless they are online
   * @param heardBeforeMillis not of terminals that were heard at this or later; neither bound fits one never heard
   */
  record TerminalQuery(
      TerminalFilter filter,
      Set<String> serials,
      Optional<Long> heardFromMillis,
      Optional<Long> heardBeforeMillis) {
    public TerminalQuery {
      serials = Set.copyOf(serials);
    }

    public static TerminalQuery of(TerminalFilter filter) {
      return new TerminalQuery(filter, Set.of(), Optional.empty(), Optional.empty());
    }

    public boolean asksHeard() {
      return heardFromMillis.isPresent() || heardBeforeMillis.isPresent();
    }
  }

  /** When secrets expire, seconds since 1970 up to {@code SecretSet.Expiries.NONE}, which is never; an absent one is not said. */
  record SecretExpiries(
      Optional<Long> uplinkPassword, Optional<Long> downlinkPassword, Optional<Long> baseKey) {
    public static final SecretExpiries NONE =
        new SecretExpiries(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** What to change; an absent member stays as it is, but a secret that is changed without an expiry never expires. An inner empty Optional or empty array clears the member. */
  record TerminalPatch(
      Optional<String> imei,
      Optional<Optional<String>> imsi,
      Optional<String> app,
      Optional<String> profile,
      Optional<Optional<String>> msisdn,
      Optional<Boolean> enabled,
      Optional<byte[]> uplinkPassword,
      Optional<byte[]> downlinkPassword,
      Optional<byte[]> baseKey,
      SecretExpiries expiries) {

    /** Without a word of expiries. */
    public TerminalPatch(
        Optional<String> imei,
        Optional<Optional<String>> imsi,
        Optional<String> app,
        Optional<String> profile,
        Optional<Optional<String>> msisdn,
        Optional<Boolean> enabled,
        Optional<byte[]> uplinkPassword,
        Optional<byte[]> downlinkPassword,
        Optional<byte[]> baseKey) {
      this(
          imei,
          imsi,
          app,
          profile,
          msisdn,
          enabled,
          uplinkPassword,
          downlinkPassword,
          baseKey,
          SecretExpiries.NONE);
    }

    /** Nothing but when secrets expire. */
    public static TerminalPatch expiring(SecretExpiries expiries) {
      return new TerminalPatch(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          expiries);
    }

    /** The same for a terminal whose secrets stay. */
    public TerminalPatch withoutSecrets() {
      return new TerminalPatch(
          imei,
          imsi,
          app,
          profile,
          msisdn,
          enabled,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }
}
