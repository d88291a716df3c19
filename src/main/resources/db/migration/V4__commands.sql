-- What applications and the platform ask of terminals, from the request to its one end. finished is 0 while it is open;
-- sequence and result_code are -1, sent and acked 0, where there is none. sealed holds what of the body is a secret, and is
-- erased at the end.

CREATE TABLE command (
  id ${text} NOT NULL PRIMARY KEY,
  serial ${text} NOT NULL REFERENCES terminal (serial) ON DELETE CASCADE,
  app_id BIGINT NOT NULL,
  type ${text} NOT NULL,
  origin ${text} NOT NULL,
  mode ${text} NOT NULL,
  wake ${text} NOT NULL,
  high BIGINT NOT NULL,
  repeatable BIGINT NOT NULL,
  body ${text} NOT NULL,
  sealed ${bytes},
  idem_key ${text} NOT NULL,
  request_hash BIGINT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  attempts BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  bearer ${text} NOT NULL,
  result_code BIGINT NOT NULL,
  result ${text} NOT NULL,
  updated BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  acked BIGINT NOT NULL,
  finished BIGINT NOT NULL
);
CREATE UNIQUE INDEX command_idem_key ON command (app_id, idem_key) WHERE idem_key <> '';
CREATE INDEX command_open ON command (serial, id) WHERE finished = 0;
CREATE INDEX command_open_app ON command (app_id) WHERE finished = 0;
CREATE INDEX command_expires ON command (expires) WHERE finished = 0;
CREATE INDEX command_serial ON command (serial, id);
CREATE INDEX command_app ON command (app_id, id);
CREATE INDEX command_finished ON command (finished) WHERE finished > 0;
