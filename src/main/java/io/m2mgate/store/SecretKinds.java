package io.m2mgate.store;

/** What a sealed value is; part of what it is bound to. */
public final class SecretKinds {
  public static final String UPLINK_PASSWORD = "uplinkPassword";
  public static final String DOWNLINK_PASSWORD = "downlinkPassword";
  public static final String BASE_KEY = "baseKey";
  /** Of a session; under the base key on its way to the terminal. */
  public static final String SESSION_KEY = "sessionKey";
  /** Synchronised parameters, among which passwords can be. */
  public static final String SYNC_LIST = "syncList";

  /** What of a command is a secret. */
  public static final String COMMAND = "command";

  /** What a webhook signs with, or signed with before. */
  public static final String WEBHOOK = "webhookSecret";

  /** Values of headers that a webhook sends, among which passwords can be. */
  public static final String WEBHOOK_HEADERS = "webhookHeaders";

  private SecretKinds() {}
}
