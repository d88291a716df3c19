-- Who may ask: limits of applications, terms of their keys, and what is granted on a key's strength.

-- rate_second is -1 where the setting holds, 0 for none; allow_from are address ranges with spaces between, empty for anywhere.
ALTER TABLE application ADD COLUMN rate_second BIGINT NOT NULL DEFAULT -1;
ALTER TABLE application ADD COLUMN rate_burst BIGINT NOT NULL DEFAULT -1;
ALTER TABLE application ADD COLUMN allow_from ${text} NOT NULL DEFAULT '';

-- expires is 0 for never; scopes is null for all that the application has; used is written now and then.
ALTER TABLE app_key ADD COLUMN name ${text} NOT NULL DEFAULT '';
ALTER TABLE app_key ADD COLUMN expires BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_key ADD COLUMN scopes ${text};
ALTER TABLE app_key ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
CREATE INDEX app_key_expires ON app_key (expires) WHERE expires > 0;

-- Access tokens and sessions. digest is the SHA-256 of what the client presents; expires is when it is or was over, 0 for an open
-- session; heartbeat is 0 for a token. What is over is kept for a while, so that it is known for one that was good.
CREATE TABLE app_grant (
  id ${text} NOT NULL PRIMARY KEY,
  app_id BIGINT NOT NULL REFERENCES application (id),
  key_id ${text} NOT NULL,
  kind ${text} NOT NULL,
  digest ${text} NOT NULL,
  scopes ${text} NOT NULL,
  consumer ${text},
  heartbeat BIGINT NOT NULL,
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  ended BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX app_grant_digest ON app_grant (digest);
CREATE INDEX app_grant_app ON app_grant (app_id, kind, id);
CREATE INDEX app_grant_key ON app_grant (key_id);
CREATE INDEX app_grant_expires ON app_grant (expires) WHERE expires > 0;
CREATE INDEX app_grant_open ON app_grant (app_id, kind) WHERE ended = 0;

-- The audit by who, what and what to, each newest first. Those of one column are of an expression, so that they are never taken for
-- a question of two: without figures of the data SQLite cannot tell which is better.
CREATE INDEX audit_actor ON audit ((actor || ''), id);
CREATE INDEX audit_action ON audit ((action || ''), id);
CREATE INDEX audit_target ON audit ((target || ''), id);
CREATE INDEX audit_actor_action ON audit (actor, action, id);
CREATE INDEX audit_target_actor ON audit (target, actor, id);
CREATE INDEX audit_target_action ON audit (target, action, id);
