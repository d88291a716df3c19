package io.m2mgate.security;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.StoredTerminal;

/** Makes terminals out of what is stored, their secrets opened. May be used from any thread. */
final class TerminalAssembly {

  private final SecretBox box;
  private final Profiles profiles;
  private final Dictionary dictionary;
  private final long startedMillis;

  /** @param startedMillis no session counts as silent for longer than since then */
  TerminalAssembly(SecretBox box, Profiles profiles, Dictionary dictionary, long startedMillis) {
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
    Terminal terminal = new Terminal(terminalRecord, identity(stored), profile, version);
    terminal.restore(
        stored.sessions(),
        stored.recent(),
        Math.max(startedMillis, stored.sessions().heardMillis()));
    terminal
        .syncList()
        .restore(box.open(terminalRecord.serial(), SecretKinds.SYNC_LIST, stored.sealedSyncList()));
    int tag = dictionary
        .dialect(profile.dialect())
        .orElseGet(dictionary::dialect)
        .tags()
        .heartbeatInterval();
    terminal.reportedHeartbeat(terminal.syncList().numberOf(tag));
    return terminal;
  }

  /** Takes over a changed record and its secrets; sessions stay. */
  void renew(Terminal terminal, StoredTerminal stored) {
    int version = profiles.version();
    terminal.renew(
        stored.record(), identity(stored), profiles.get(stored.record().profile()), version);
  }

  /** The operator may have changed the terminal's profile since it was last used. */
  void refresh(Terminal terminal) {
    int version = profiles.version();
    if (terminal.profileVersion() != version) {
      terminal.profile(profiles.get(terminal.terminalRecord().profile()), version);
    }
  }

  private Identity identity(StoredTerminal stored) {
    String serial = stored.record().serial();
    SealedSecrets secrets = stored.secrets();
    return Identity.of(
        stored.record(),
        box.open(serial, SecretKinds.UPLINK_PASSWORD, secrets.uplinkPassword()),
        box.open(serial, SecretKinds.DOWNLINK_PASSWORD, secrets.downlinkPassword()),
        box.open(serial, SecretKinds.BASE_KEY, secrets.baseKey()));
  }
}
