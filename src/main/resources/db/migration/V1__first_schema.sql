-- One text for both engines; what differs is a placeholder (see Migrations):
--   text      text that compares by its bytes: ranges, keysets and prefixes mean the same on both
--   bytes     binary data
--   identity  a generated 64-bit key
--   position  the event's store-wide position; on SQLite it is also the table's order on disk
-- Times are milliseconds since 1970, flags are 0 or 1.

CREATE TABLE application (
  id ${identity},
  code ${text} NOT NULL,
  name ${text} NOT NULL,
  scopes ${text} NOT NULL,
  enabled BIGINT NOT NULL,
  created BIGINT NOT NULL,
  removed BIGINT NOT NULL DEFAULT 0,
  last_offset BIGINT NOT NULL DEFAULT 0,
  oldest_offset BIGINT NOT NULL DEFAULT 1,
  last_pos BIGINT NOT NULL DEFAULT 0,
  bytes BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT application_code_key UNIQUE (code)
);

CREATE TABLE app_key (
  key_id ${text} NOT NULL,
  app_id BIGINT NOT NULL REFERENCES application (id),
  hash ${text} NOT NULL,
  created BIGINT NOT NULL,
  CONSTRAINT app_key_key_id_key PRIMARY KEY (key_id)
);
CREATE INDEX app_key_app ON app_key (app_id);

CREATE TABLE terminal (
  serial ${text} NOT NULL,
  imei ${text} NOT NULL,
  imsi ${text},
  app_id BIGINT NOT NULL REFERENCES application (id),
  profile ${text} NOT NULL,
  msisdn ${text},
  enabled BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT terminal_serial_key PRIMARY KEY (serial),
  CONSTRAINT terminal_imei_key UNIQUE (imei),
  CONSTRAINT terminal_imsi_key UNIQUE (imsi)
);
CREATE INDEX terminal_app ON terminal (app_id, serial);

CREATE TABLE credential (
  serial ${text} NOT NULL PRIMARY KEY REFERENCES terminal (serial) ON DELETE CASCADE,
  uplink_password ${bytes},
  downlink_password ${bytes},
  base_key ${bytes}
);

-- What a terminal's lane keeps. Tokens are JSON: only the lane reads them.
CREATE TABLE session (
  serial ${text} NOT NULL PRIMARY KEY REFERENCES terminal (serial) ON DELETE CASCADE,
  last_timestamp BIGINT NOT NULL,
  online BIGINT NOT NULL,
  heard BIGINT NOT NULL,
  tokens ${text} NOT NULL,
  facts ${text} NOT NULL
);
CREATE INDEX session_online ON session (serial) WHERE online = 1;

CREATE TABLE sync_list (
  serial ${text} NOT NULL PRIMARY KEY REFERENCES terminal (serial) ON DELETE CASCADE,
  sealed ${bytes}
);

CREATE TABLE reported (
  serial ${text} NOT NULL REFERENCES terminal (serial) ON DELETE CASCADE,
  tag BIGINT NOT NULL,
  name ${text} NOT NULL,
  value ${text} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (serial, tag)
);

-- The event logs. session, seq, hash, result and accepted are the mark of the request that caused the event; result is
-- -1 for an event that no request caused. An event outlives its terminal.
CREATE TABLE event (
  pos ${position},
  app_id BIGINT NOT NULL REFERENCES application (id),
  log_offset BIGINT NOT NULL,
  id ${text} NOT NULL,
  type ${text} NOT NULL,
  serial ${text} NOT NULL,
  tseq BIGINT NOT NULL,
  time_ms BIGINT NOT NULL,
  size BIGINT NOT NULL,
  session BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  hash BIGINT NOT NULL,
  result BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  data ${text} NOT NULL,
  CONSTRAINT event_log_key UNIQUE (app_id, log_offset)
);
CREATE INDEX event_serial ON event (serial, pos, app_id);

-- The last tseq of a terminal in a log, written when retention removes events that tell it.
CREATE TABLE terminal_log (
  app_id BIGINT NOT NULL REFERENCES application (id),
  serial ${text} NOT NULL,
  tseq BIGINT NOT NULL,
  PRIMARY KEY (app_id, serial)
);

CREATE TABLE consumer (
  app_id BIGINT NOT NULL REFERENCES application (id),
  name ${text} NOT NULL,
  kind ${text} NOT NULL,
  log_offset BIGINT NOT NULL,
  state ${text} NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (app_id, name)
);

CREATE TABLE profile (
  name ${text} NOT NULL PRIMARY KEY,
  body ${text} NOT NULL
);

CREATE TABLE audit (
  id ${text} NOT NULL PRIMARY KEY,
  time_ms BIGINT NOT NULL,
  actor ${text} NOT NULL,
  action ${text} NOT NULL,
  target ${text} NOT NULL,
  detail ${text} NOT NULL,
  size BIGINT NOT NULL
);

-- One row, written by the readiness probe.
CREATE TABLE probe (
  id BIGINT NOT NULL PRIMARY KEY,
  time_ms BIGINT NOT NULL
);
