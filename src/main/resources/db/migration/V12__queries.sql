-- What lists are asked by, each an index in the order of its pages.

-- What terminals came and went by (6.1.6), of an event log that holds mostly other things.
CREATE INDEX event_notice ON event (app_id, serial, time_ms, pos) WHERE type >= 'm2m.terminal.' AND type < 'm2m.terminal/';

CREATE INDEX terminal_app_profile ON terminal (app_id, profile, serial);

-- Alarms, newest first. An open one is unseen or seen.
DROP INDEX alarm_open;
DROP INDEX alarm_serial;
DROP INDEX alarm_app;
DROP INDEX alarm_code;
CREATE INDEX alarm_open ON alarm (app_id, raised, id) WHERE cleared = 0;
CREATE INDEX alarm_unseen ON alarm (app_id, raised, id) WHERE cleared = 0 AND acked = 0;
CREATE INDEX alarm_seen ON alarm (app_id, raised, id) WHERE cleared = 0 AND acked > 0;
CREATE INDEX alarm_ended ON alarm (app_id, raised, id) WHERE cleared > 0;
CREATE INDEX alarm_serial ON alarm (serial, raised, id);
CREATE INDEX alarm_app ON alarm (app_id, raised, id);
CREATE INDEX alarm_code ON alarm (app_id, code, raised, id);
CREATE INDEX alarm_name ON alarm (app_id, name, raised, id);
CREATE INDEX alarm_type ON alarm (app_id, type, raised, id);
CREATE INDEX alarm_raised ON alarm (raised, id);

-- Secrets that expire, soonest first, of one application's terminals. app_id follows the terminal to another application.
ALTER TABLE credential ADD COLUMN app_id BIGINT NOT NULL DEFAULT 0;
UPDATE credential SET app_id = (SELECT t.app_id FROM terminal t WHERE t.serial = credential.serial);
CREATE INDEX credential_uplink_expiry ON credential (app_id, uplink_expiry, serial) WHERE uplink_expiry < 4294967295;
CREATE INDEX credential_downlink_expiry ON credential (app_id, downlink_expiry, serial) WHERE downlink_expiry < 4294967295;
CREATE INDEX credential_base_key_expiry ON credential (app_id, base_key_expiry, serial) WHERE base_key_expiry < 4294967295;
