package io.m2mgate.config;

import java.nio.file.Path;

/**
 * All settings of one gateway, checked; immutable, shared by all threads. The path of accessors is the setting's name:
 * {@code terminal.tcp.port} is {@code settings.terminal().tcp().port()}. Nothing in it prints a secret.
 */
public record Settings(
    Data data,
    Node node,
    StoreSettings store,
    TerminalSettings terminal,
    int lanes,
    Lane lane,
    Commit commit,
    Segments segments,
    Exchanges exchange,
    CommandSettings commands,
    ParameterSettings parameters,
    RelaySettings relay,
    ConsumerSettings consumers,
    Packages packages,
    CampaignSettings campaigns,
    UpgradeSettings upgrades,
    HttpSettings http,
    AccessSettings applications,
    MqttSettings mqtt,
    RegistrationSettings registration,
    SecuritySettings security,
    Admission admission,
    Presence presence,
    RetentionSettings retention,
    Traces traces,
    Folder plugins,
    Folder dialects,
    WebhookSettings webhooks,
    MirrorSettings mirror,
    SmsSettings sms,
    MessageSettings messages,
    LogSettings log) {

  /** How many lanes to run: the setting, or one a core. */
  public int laneCount() {
    return lanes > 0 ? lanes : Runtime.getRuntime().availableProcessors();
  }

  /** Where the gateway keeps its files. */
  public record Data(Path dir) {}

  /** Who this process is. */
  public record Node(String name) {}

  /** What may be in work on one lane. */
  public record Lane(int creditFrames, int creditBytes) {}

  /** When a group commit closes. */
  public record Commit(int maxRows, int maxDelayMillis, int queuedUnits, int logoutMillis) {}

  /** Bounds of what travels in parts: of all messages, and of one. */
  public record Segments(
      int maxBytes, int maxParts, int messageBytes, int openSeconds, int ackSeconds) {}

  /** What may wait to be asked of terminals: of how many of them, how much of each, and how long for what shows that it was done. */
  public record Exchanges(int maxTerminals, int queueLength, int effectSeconds) {}

  /** What may be taken as packages. */
  public record Packages(long maxBytes, int uploads) {}

  /** How fast terminals may log in. */
  public record Admission(int loginsPerSecond, int queueSeconds, int queueLength) {}

  /** Bounds of live traces. */
  public record Traces(int max, int maxSeconds, int bufferFrames, int bufferBytes) {}

  /** When a terminal counts as silent, of its heartbeat interval. */
  public record Presence(int silentPercent) {}

  /** A directory that need not exist. */
  public record Folder(Path dir) {}
}
