-- The reports of one terminal in one log by time, of an event log that holds mostly other things.
CREATE INDEX event_report ON event (app_id, serial, time_ms, pos) WHERE type = 'm2m.report';
