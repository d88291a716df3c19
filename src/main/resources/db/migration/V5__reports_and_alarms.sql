-- The reports of one terminal in one log by time, of an event log that holds mostly other things.
CREATE INDEX event_report ON event (app_id, serial, time_ms, pos) WHERE type = 'm2m.report';

-- What terminals raised: one row from the opening to the end. code and type are -1 where none was told, cleared and acked 0
-- while it is not. app_id follows the terminal to another application.
CREATE TABLE alarm (
  id ${text} NOT NULL PRIMARY KEY,
  serial ${text} NOT NULL REFERENCES terminal (serial) ON DELETE CASCADE,
  app_id BIGINT NOT NULL,
  code BIGINT NOT NULL,
  name ${text} NOT NULL,
  type BIGINT NOT NULL,
  type_name ${text} NOT NULL,
  occurrences BIGINT NOT NULL,
  raised BIGINT NOT NULL,
  last BIGINT NOT NULL,
  cleared BIGINT NOT NULL,
  cleared_by ${text} NOT NULL,
  acked BIGINT NOT NULL DEFAULT 0,
  acked_by ${text} NOT NULL DEFAULT '',
  note ${text} NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX alarm_open_key ON alarm (serial, code) WHERE cleared = 0;
CREATE INDEX alarm_open ON alarm (app_id, id) WHERE cleared = 0;
CREATE INDEX alarm_serial ON alarm (serial, id);
CREATE INDEX alarm_app ON alarm (app_id, id);
CREATE INDEX alarm_code ON alarm (code, id);
CREATE INDEX alarm_cleared ON alarm (cleared) WHERE cleared > 0;

-- session.online: 0 no, 1 yes, 2 yes, but a heartbeat is missing; terminal.state: 4 for the last of these.
DROP INDEX session_online;
CREATE INDEX session_online ON session (serial) WHERE online > 0;
