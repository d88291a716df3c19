-- Terminals that are to be woken by short message for what waits for them.
CREATE INDEX command_wake ON command (serial) WHERE finished = 0 AND wake = 'sms';
