-- What an application takes of terminals that are not its own: codes of the applications whose terminals may send to it and to its
-- terminals, with spaces between; and whether data of a terminal waits for one of its terminals that is not there.

ALTER TABLE application ADD COLUMN relay_from ${text} NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN relay_queues BIGINT NOT NULL DEFAULT 1;
