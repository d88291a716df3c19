-- Sets of secrets by generation, their expiries (seconds since 1970, 4294967295 never), their rotations, and the binding
-- of a terminal to its SIM.

ALTER TABLE credential ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN last_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN uplink_expiry BIGINT NOT NULL DEFAULT 4294967295;
ALTER TABLE credential ADD COLUMN downlink_expiry BIGINT NOT NULL DEFAULT 4294967295;
ALTER TABLE credential ADD COLUMN base_key_expiry BIGINT NOT NULL DEFAULT 4294967295;
ALTER TABLE credential ADD COLUMN previous_base_key_expiry BIGINT NOT NULL DEFAULT 4294967295;

-- Which events of which expiries were given, so that each is given once.
ALTER TABLE credential ADD COLUMN expiry_told ${text} NOT NULL DEFAULT '';

-- The IMSI that REGISTER operation 2 asked for, until a session under it is confirmed; the mode of TLV sim-bind-mode.
ALTER TABLE credential ADD COLUMN rebinding_to ${text};
ALTER TABLE credential ADD COLUMN sim_binding BIGINT NOT NULL DEFAULT 0;

-- A set on its way to a terminal, and what became of earlier ones. ended is 0 while it is open; the secrets of one that
-- ended are gone.
CREATE TABLE rotation (
  id ${text} NOT NULL PRIMARY KEY,
  serial ${text} NOT NULL REFERENCES terminal (serial) ON DELETE CASCADE,
  generation BIGINT NOT NULL,
  origin ${text} NOT NULL,
  kinds ${text} NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  uplink_password ${bytes},
  downlink_password ${bytes},
  base_key ${bytes},
  uplink_expiry BIGINT NOT NULL,
  downlink_expiry BIGINT NOT NULL,
  base_key_expiry BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  acked BIGINT NOT NULL,
  ended BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  sends BIGINT NOT NULL,
  old_sessions BIGINT NOT NULL
);
CREATE UNIQUE INDEX rotation_open_key ON rotation (serial) WHERE ended = 0;
CREATE INDEX rotation_serial ON rotation (serial, id);
CREATE INDEX rotation_deadline ON rotation (deadline) WHERE ended = 0;
