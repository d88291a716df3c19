-- What the platform wants a terminal's parameters to be: one document a terminal, by tag, with what became of each. version
-- counts every write of the row; revision counts what somebody asked for, and is the ETag of the set.

CREATE TABLE desired (
  serial ${text} NOT NULL PRIMARY KEY REFERENCES terminal (serial) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  parameters ${text} NOT NULL
);
