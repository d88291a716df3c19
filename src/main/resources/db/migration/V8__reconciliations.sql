-- What was asked of the desired parameters of many terminals at once, and how far it has come: position is the last serial that
-- was looked at, finished is 0 while it is open. The counts are those of reconciled_terminal, written with it.

CREATE TABLE reconciliation (
  id ${text} NOT NULL PRIMARY KEY,
  app ${text} NOT NULL,
  asked_by ${text} NOT NULL,
  criteria ${text} NOT NULL,
  rate BIGINT NOT NULL,
  cap BIGINT NOT NULL,
  dry_run BIGINT NOT NULL,
  override_attempts BIGINT NOT NULL,
  created BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  position ${text} NOT NULL,
  scanned BIGINT NOT NULL,
  capped BIGINT NOT NULL,
  examined BIGINT NOT NULL,
  waiting BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  drift BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  finished BIGINT NOT NULL
);
CREATE INDEX reconciliation_open ON reconciliation (id) WHERE finished = 0;
CREATE INDEX reconciliation_finished ON reconciliation (finished) WHERE finished > 0;

-- The terminals that had something undone when a reconciliation came to them; parameters are names with blanks between.
CREATE TABLE reconciled_terminal (
  reconciliation ${text} NOT NULL,
  serial ${text} NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  parameters ${text} NOT NULL,
  command ${text} NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (reconciliation, serial)
);
CREATE INDEX reconciled_unsettled ON reconciled_terminal (reconciliation, serial) WHERE state IN ('waiting', 'asked');
