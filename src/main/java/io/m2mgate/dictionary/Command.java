package io.m2mgate.dictionary;

/** The fourteen commands by name (wire.md 7); their numbers are data of a {@link Dialect} and never appear in code. */
public enum Command {
  LOGIN,
  LOGOUT,
  HEART_BEAT,
  TRANSPARENT_DATA,
  CONFIG_GET,
  CONFIG_SET,
  CONFIG_TRAP,
  REGISTER,
  CONFIG_REQ,
  REMOTE_CTRL,
  DOWNLOAD_INFO,
  FILE_REQ,
  SECURITY_CONFIG,
  TRANSPARENT_CMD
}
