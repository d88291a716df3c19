package io.m2mgate.ops;

import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Parameters;
import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.bus.DesiredTlvs;
import io.m2mgate.bus.Standings;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Change;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows and replaces what terminals' parameters are to be. May be used from any thread. */
final class ParameterAdmin implements Parameters {

  private final Vertx vertx;
  private final Store store;
  private final CommandAdmin commands;
  private final TerminalChanges changes;
  private final SecretBox box;
  private final Dictionary dictionary;
  private final Profiles profiles;
  private final InstantSource clock;
  private final Standings.Rules rules;

  ParameterAdmin(
      Vertx vertx,
      Store store,
      CommandAdmin commands,
      TerminalChanges changes,
      SecretBox box,
      Dictionary dictionary,
      Profiles profiles,
      InstantSource clock,
      Standings.Rules rules) {
    this.vertx = vertx;
    this.store = store;
    this.commands = commands;
    this.changes = changes;
    this.box = box;
    this.dictionary = dictionary;
    this.profiles = profiles;
    this.clock = clock;
    this.rules = rules;
  }

  @Override
  public Future<View> view(TerminalRecord terminal) {
    Future<View> view = store
        .parameters()
        .read(terminal.serial())
        .compose(known -> store
            .terminals()
            .load(List.of(terminal.serial()))
            .map(loaded -> view(terminal, known, loaded)));
    return Later.on(vertx.getOrCreateContext(), view);
  }

  private View view(TerminalRecord terminal, Known known, List<StoredTerminal> loaded) {
    Dialect dialect = dictionary
        .dialect(profiles.get(terminal.profile()).dialect())
        .orElseGet(dictionary::dialect);
    SyncList synced = new SyncList();
    loaded.forEach(stored -> synced.restore(
        box.open(terminal.serial(), SecretKinds.SYNC_LIST, stored.sealedSyncList())));
    int list = dialect.tags().syncTagList();
    return new View(
        known,
        Standings.of(known, rules, clock.millis()),
        synced.crc32(list, DesiredTlvs.of(dialect, known.desired())),
        synced.crc32(list, Map.of()));
  }

  @Override
  public Future<Boolean> replace(
      DesiredSet next,
      String serial,
      List<StoredCommand> others,
      Optional<StoredCommand.Head> head) {
    Future<Boolean> replaced = commands
        .replace(others, head, new Change.PutDesired(serial, next))
        .compose(done -> done
            ? changes.changed(serial).map(true).recover(unseen -> Future.succeededFuture(true))
            : Future.succeededFuture(false));
    return Later.on(vertx.getOrCreateContext(), replaced);
  }

  @Override
  public int sends() {
    return rules.sends();
  }
}
