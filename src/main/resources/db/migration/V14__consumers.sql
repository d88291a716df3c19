-- Consumers are listed by kind, and those that nobody uses any more are found by when they were used last.

CREATE INDEX consumer_kind ON consumer (app_id, kind, name);
CREATE INDEX consumer_updated ON consumer (kind, updated, app_id, name);
