-- Files that terminals fetch, and who is to fetch them. A package is a row and, unless it lies elsewhere (url), a file of the data
-- directory named by its SHA-256. An upgrade is a campaign, of one terminal or of many; an item is one terminal's part in it. The
-- announcement and what follows is the item's command, which knows how far the download came; an item keeps its own state only
-- while it waits for its turn and once it has ended.

CREATE TABLE package (
  id ${text} NOT NULL PRIMARY KEY,
  app_id BIGINT NOT NULL,
  name ${text} NOT NULL,
  version ${text} NOT NULL,
  version_description ${text} NOT NULL,
  model ${text} NOT NULL,
  notes ${text} NOT NULL,
  size BIGINT NOT NULL,
  crc16 BIGINT NOT NULL,
  crc32 BIGINT NOT NULL,
  sha256 ${text} NOT NULL,
  url ${text} NOT NULL,
  created BIGINT NOT NULL,
  created_by ${text} NOT NULL
);
CREATE UNIQUE INDEX package_version ON package (app_id, name, version);
CREATE INDEX package_file ON package (sha256);
CREATE INDEX package_app ON package (app_id, id);

CREATE TABLE upgrade (
  id ${text} NOT NULL PRIMARY KEY,
  app_id BIGINT NOT NULL,
  package_id ${text} NOT NULL REFERENCES package (id),
  name ${text} NOT NULL,
  spec ${text} NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  group_now BIGINT NOT NULL,
  groups_json ${text} NOT NULL,
  filled_to ${text} NOT NULL,
  forgiven BIGINT NOT NULL,
  created BIGINT NOT NULL,
  created_by ${text} NOT NULL,
  started BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  finished BIGINT NOT NULL
);
CREATE INDEX upgrade_app ON upgrade (app_id, id);
CREATE INDEX upgrade_package ON upgrade (package_id);
CREATE INDEX upgrade_open ON upgrade (id) WHERE finished = 0;

CREATE TABLE upgrade_item (
  upgrade_id ${text} NOT NULL REFERENCES upgrade (id) ON DELETE CASCADE,
  serial ${text} NOT NULL REFERENCES terminal (serial) ON DELETE CASCADE,
  group_no BIGINT NOT NULL,
  state ${text} NOT NULL,
  reason ${text} NOT NULL,
  attempts BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  command_id ${text} NOT NULL,
  version_before ${text} NOT NULL,
  updated BIGINT NOT NULL,
  finished BIGINT NOT NULL,
  PRIMARY KEY (upgrade_id, serial)
);
CREATE INDEX upgrade_item_state ON upgrade_item (upgrade_id, state, group_no, serial);
CREATE INDEX upgrade_item_serial ON upgrade_item (serial, upgrade_id);
CREATE INDEX upgrade_item_command ON upgrade_item (command_id) WHERE command_id <> '';

-- The last transaction id that a terminal was given: they are not used again soon.
CREATE TABLE upgrade_transaction (
  serial ${text} NOT NULL PRIMARY KEY REFERENCES terminal (serial) ON DELETE CASCADE,
  last BIGINT NOT NULL
);
