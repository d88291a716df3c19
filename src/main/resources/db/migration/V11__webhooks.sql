-- Where events of an application are posted. What is confirmed of its log is the consumer 'webhook:' + name; secrets and the values of
-- headers are sealed for the webhook's id. types and serials are texts with spaces between, empty for all; batch_events is 0 where
-- each request has one event. failing_since is 0 while the last answer was a good one.

CREATE TABLE webhook (
  id ${text} NOT NULL PRIMARY KEY,
  app_id BIGINT NOT NULL REFERENCES application (id),
  name ${text} NOT NULL,
  url ${text} NOT NULL,
  types ${text} NOT NULL,
  serials ${text} NOT NULL,
  batch_events BIGINT NOT NULL,
  batch_bytes BIGINT NOT NULL,
  batch_millis BIGINT NOT NULL,
  in_flight BIGINT NOT NULL,
  header_names ${text} NOT NULL,
  headers ${bytes},
  secret ${bytes},
  old_secret ${bytes},
  old_until BIGINT NOT NULL,
  enabled BIGINT NOT NULL,
  reason ${text} NOT NULL,
  failing_since BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  CONSTRAINT webhook_name_key UNIQUE (app_id, name)
);

-- A part of the log that is posted once more, with a cursor of its own: everything up to log_offset is confirmed.
CREATE TABLE webhook_replay (
  id ${text} NOT NULL PRIMARY KEY,
  webhook_id ${text} NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  log_from BIGINT NOT NULL,
  log_until BIGINT NOT NULL,
  log_offset BIGINT NOT NULL,
  types ${text} NOT NULL,
  serials ${text} NOT NULL,
  state ${text} NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL
);
CREATE INDEX webhook_replay_webhook ON webhook_replay (webhook_id, id);
CREATE UNIQUE INDEX webhook_replay_open ON webhook_replay (webhook_id) WHERE state = 'open';
