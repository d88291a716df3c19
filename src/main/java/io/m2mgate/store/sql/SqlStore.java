package io.m2mgate.store.sql;

import io.m2mgate.config.StoreUrl;
import io.m2mgate.store.AlarmStore;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.EventHistory;
import io.m2mgate.store.EventLog;
import io.m2mgate.store.ExpiryStore;
import io.m2mgate.store.GrantStore;
import io.m2mgate.store.Journal;
import io.m2mgate.store.PackageStore;
import io.m2mgate.store.ParameterStore;
import io.m2mgate.store.ProfileStore;
import io.m2mgate.store.ReconciliationStore;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.UpgradeStore;
import io.m2mgate.store.WebhookStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store on a SQL database. Owns its engine and the parts built on it; used on any thread. */
public final class SqlStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final String PROBE =
      "INSERT INTO probe (id, time_ms) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET time_ms = excluded.time_ms";

  private final SqlEngine engine;
  private final String engineName;
  private final SqlAccess access;
  private final CommitQueue queue;
  private final SqlSweep sweep;
  private final TerminalStore terminals;
  private final ApplicationStore applications;
  private final GrantStore grants;
  private final ProfileStore profiles;
  private final EventLog events;
  private final ConsumerStore consumers;
  private final AuditLog audit;
  private final SecurityStore security;
  private final CommandStore commands;
  private final ParameterStore parameters;
  private final ReconciliationStore reconciliations;
  private final AlarmStore alarms;
  private final EventHistory history;
  private final ExpiryStore expiries;
  private final PackageStore packages;
  private final UpgradeStore upgrades;
  private final WebhookStore webhooks;

  private SqlStore(SqlEngine engine, StoreUrl url, StoreOptions options, Context home) {
    StoreMetrics metrics = new StoreMetrics(options.metrics());
    LogCounters counters = new LogCounters();
    Followers followers = new Followers(home);
    this.engine = engine;
    engineName = url instanceof StoreUrl.Sqlite ? "sqlite" : "postgresql";
    access = new SqlAccess(engine, home);
    queue = new CommitQueue(
        options.maxRows(), options.maxDelayMillis(), options.queuedUnits(), metrics, engine::wake);
    sweep = new SqlSweep(engine, metrics);
    terminals = new SqlTerminals(access, new TerminalWrites(counters));
    applications = new SqlApplications(access, counters, this::purge);
    grants = new SqlGrants(access);
    profiles = new SqlProfiles(access);
    events = new SqlEventLog(access, followers);
    consumers = new SqlConsumers(access);
    audit = new SqlAudit(access);
    security = new SqlSecurity(access);
    commands = new SqlCommands(access);
    parameters = new SqlParameters(access);
    reconciliations = new SqlReconciliations(access);
    alarms = new SqlAlarms(access);
    history = new SqlHistory(access);
    expiries = new SqlExpiries(access);
    packages = new SqlPackages(access);
    upgrades = new SqlUpgrades(access);
    webhooks = new SqlWebhooks(access);
    engine.serve(
        new GroupWriter(engine, queue, counters, followers, metrics, new Outage(url.shown())));
  }

  /**
   * Opens the store that the options name, bringing its schema up where needed. Fails with a text for the operator, which
   * never holds a password.
   */
  public static Future<Store> open(Vertx vertx, StoreOptions options) {
    Optional<StoreUrl> parsed = StoreUrl.parse(options.url());
    if (parsed.isEmpty()) {
      return Future.failedFuture(notAnUrl());
    }
    StoreUrl url = parsed.get();
    Context home = vertx.getOrCreateContext();
    Future<SqlEngine> opened = url instanceof StoreUrl.Sqlite sqlite
        ? SqliteStart.open(vertx, sqlite, options)
        : PostgresStart.open(vertx, (StoreUrl.Postgres) url, options);
    return opened.compose(engine -> {
      SqlStore store = new SqlStore(engine, url, options, home);
      return store.sweep.countAlarms().transform(counted -> Future.succeededFuture(store));
    });
  }

  static StoreFault notAnUrl() {
    return new StoreFault(
        StoreFault.Kind.NOT_FOUND,
        "store.url",
        "store.url is not usable: expected sqlite: and the path of a file, or"
            + " postgresql://user:password@host:port/database");
  }

  /** Loads what the embedded store needs, which takes a while; blocks. {@link #open} does without, and says what is wrong. */
  public static void loadEmbedded() {
    SqliteStart.load();
  }

  private void purge() {
    sweep
        .purge()
        .onFailure(cause ->
            LOG.warn("what a deleted application left is removed later: {}", cause.getMessage()));
  }

  @Override
  public TerminalStore terminals() {
    return terminals;
  }

  @Override
  public ApplicationStore applications() {
    return applications;
  }

  @Override
  public GrantStore grants() {
    return grants;
  }

  @Override
  public ProfileStore profiles() {
    return profiles;
  }

  @Override
  public EventLog events() {
    return events;
  }

  @Override
  public ConsumerStore consumers() {
    return consumers;
  }

  @Override
  public AuditLog audit() {
    return audit;
  }

  @Override
  public SecurityStore security() {
    return security;
  }

  @Override
  public CommandStore commands() {
    return commands;
  }

  @Override
  public ParameterStore parameters() {
    return parameters;
  }

  @Override
  public ReconciliationStore reconciliations() {
    return reconciliations;
  }

  @Override
  public EventHistory history() {
    return history;
  }

  @Override
  public ExpiryStore expiries() {
    return expiries;
  }

  @Override
  public AlarmStore alarms() {
    return alarms;
  }

  @Override
  public PackageStore packages() {
    return packages;
  }

  @Override
  public UpgradeStore upgrades() {
    return upgrades;
  }

  @Override
  public WebhookStore webhooks() {
    return webhooks;
  }

  @Override
  public Journal journal() {
    return queue;
  }

  @Override
  public Future<Long> sweep(Retention retention) {
    return access.hand(sweep.sweep(retention));
  }

  @Override
  public Future<Void> probe() {
    return access.write(tx -> tx.update(PROBE, System.currentTimeMillis()).mapEmpty());
  }

  @Override
  public Future<Facts> facts() {
    return access.hand(
        engine.bytes().compose(bytes -> engine.read(tx -> SqlFacts.read(tx, engineName, bytes))));
  }

  @Override
  public Future<Void> close() {
    queue.close();
    return access.hand(engine.close());
  }
}
