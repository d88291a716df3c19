-- How long a cursor is kept once its owner has gone, and when that ends. Sessions of earlier versions had no end: they get the default.

ALTER TABLE consumer ADD COLUMN keep BIGINT NOT NULL DEFAULT 0;
ALTER TABLE consumer ADD COLUMN expires BIGINT NOT NULL DEFAULT 0;
UPDATE consumer SET keep = 2592000000 WHERE kind = 'mqtt';
CREATE INDEX consumer_expires ON consumer (expires) WHERE expires > 0;
