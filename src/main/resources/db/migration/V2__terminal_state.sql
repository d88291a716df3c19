-- What lists of terminals are filtered by, in the terminal's own row, so that a page costs the same in a fleet of any size.
-- state: 0 disabled, 1 never heard, 2 offline, 3 online; written with the record and with its session.

ALTER TABLE terminal ADD COLUMN state BIGINT NOT NULL DEFAULT 1;

UPDATE terminal SET state = CASE WHEN enabled = 0 THEN 0 ELSE COALESCE(
  (SELECT CASE WHEN s.online = 1 THEN 3 WHEN s.heard > 0 THEN 2 ELSE 1 END
    FROM session s WHERE s.serial = terminal.serial), 1) END;

CREATE INDEX terminal_state ON terminal (state, serial);
CREATE INDEX terminal_app_state ON terminal (app_id, state, serial);
CREATE INDEX terminal_profile ON terminal (profile, serial);
CREATE INDEX terminal_msisdn ON terminal (msisdn);
