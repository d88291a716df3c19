package io.m2mgate.security;

import static java.util.stream.Collectors.toSet;

import io.m2mgate.bus.DesiredTlvs;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.ConnectionMode;
import io.m2mgate.session.Keyring;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Session;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredSecurity;
import io.m2mgate.store.StoredTerminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes terminals out of what is stored, their secrets opened. May be used from any thread. */
final class TerminalAssembly {

  private static final Logger LOG = LoggerFactory.getLogger(TerminalAssembly.class);

  private final SecretBox box;
  private final Profiles profiles;
  private final Dictionary dictionary;
  private final long startedMillis;
  private final BiFunction<String, String, Optional<Origin>> places;

  /**
   * @param startedMillis no session counts as silent for longer than since then
   * @param places finds where a terminal was verified by bearer and address
   */
  TerminalAssembly(
      SecretBox box,
      Profiles profiles,
      Dictionary dictionary,
      long startedMillis,
      BiFunction<String, String, Optional<Origin>> places) {
    this.places = places;
    this.box = box;
    this.profiles = profiles;
    this.dictionary = dictionary;
    this.startedMillis = startedMillis;
  }

  /** @throws SecretBox.SealBroken when its secrets were sealed under another master key */
  Terminal assemble(StoredTerminal stored) {
    TerminalRecord terminalRecord = stored.record();
    int version = profiles.version();
    Profile profile = profiles.get(terminalRecord.profile());
    Terminal terminal = new Terminal(terminalRecord, keyring(stored), profile, version);
    terminal.restore(
        stored.sessions(),
        stored.recent(),
        stored.sessions().heardMillis() == 0
            ? 0
            : Math.max(startedMillis, stored.sessions().heardMillis()));
    restoreKeys(terminal);
    if (terminal.confirmed().isPresent()) {
      places
          .apply(terminal.facts().bearer(), terminal.facts().remote())
          .ifPresent(terminal::returnTo);
    }
    terminal
        .syncList()
        .restore(box.open(terminalRecord.serial(), SecretKinds.SYNC_LIST, stored.sealedSyncList()));
    Dialect dialect = desire(terminal, stored);
    terminal.reportedHeartbeat(terminal.syncList().numberOf(dialect.tags().heartbeatInterval()));
    if (terminal.facts().toldConnection().isEmpty()) {
      terminal
          .facts()
          .connects(ConnectionMode.of(
              dialect, terminal.syncList().numberOf(dialect.tags().connectMode())));
    }
    return terminal;
  }

  /** A session whose key does not open is dropped: the terminal logs in again, and its secrets are as good as before. */
  private void restoreKeys(Terminal terminal) {
    List<Session> sessions = new ArrayList<>(terminal.openSessions());
    terminal.ended().ifPresent(sessions::add);
    Set<Session> closed =
        sessions.stream().filter(session -> !restoreKey(terminal, session)).collect(toSet());
    if (!closed.isEmpty()) {
      LOG.warn(
          "terminal {}: {} of its sessions end, for their keys do not open under this master key",
          terminal.serial(),
          closed.size());
      terminal.drop(closed::contains);
    }
  }

  /** False when the session has a key that does not open. */
  private boolean restoreKey(Terminal terminal, Session session) {
    try {
      session
          .token()
          .key()
          .ifPresent(protectedBy -> session.restore(
              SessionKeys.open(box, terminal.serial(), session.token().timestamp(), protectedBy)));
      return true;
    } catch (SecretBox.SealBroken e) {
      return false;
    }
  }

  /** Takes over a changed record and its secrets; sessions stay. */
  void renew(Terminal terminal, StoredTerminal stored) {
    int version = profiles.version();
    terminal.renew(
        stored.record(), keyring(stored), profiles.get(stored.record().profile()), version);
    desire(terminal, stored);
  }

  /** Its dialect. */
  private Dialect desire(Terminal terminal, StoredTerminal stored) {
    Dialect dialect =
        dictionary.dialect(terminal.profile().dialect()).orElseGet(dictionary::dialect);
    SyncList synced = terminal.syncList();
    synced.desire(DesiredTlvs.of(dialect, stored.desired()));
    terminal
        .facts()
        .toConnect(
            ConnectionMode.of(dialect, synced.desiredNumber(dialect.tags().connectMode())));
    return dialect;
  }

  /** The operator may have changed the terminal's profile since it was last used. */
  void refresh(Terminal terminal) {
    int version = profiles.version();
    if (terminal.profileVersion() != version) {
      terminal.profile(profiles.get(terminal.terminalRecord().profile()), version);
    }
  }

  private Keyring keyring(StoredTerminal stored) {
    StoredSecurity security = stored.security();
    String serial = stored.record().serial();
    SecretSet current =
        open(serial, security.generation(), security.secrets(), security.expiries());
    Optional<SecretSet> pending = security
        .open()
        .map(open -> open(serial, open.generation(), open.secrets(), open.expiries()));
    return Keyring.of(stored.record(), current, pending, security.rebindingTo());
  }

  private SecretSet open(
      String serial, long generation, SealedSecrets secrets, SecretSet.Expiries expiries) {
    return new SecretSet(
        generation,
        box.open(serial, SecretKinds.UPLINK_PASSWORD, secrets.uplinkPassword()),
        box.open(serial, SecretKinds.DOWNLINK_PASSWORD, secrets.downlinkPassword()),
        box.open(serial, SecretKinds.BASE_KEY, secrets.baseKey()),
        expiries);
  }
}
