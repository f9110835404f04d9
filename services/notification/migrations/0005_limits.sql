-- A message may have to wait for its turn though nothing is wrong with it: its address has had its
-- messages of today, or as many SMS as a day may cost have left.

ALTER TABLE messages
    ADD COLUMN admitted    text,      -- the channel in whose limits it has its place already
    ADD COLUMN address_key bytea,     -- keyed hash of the address; of messages about registrations
    ADD COLUMN held_for    text CHECK (held_for IN ('limit', 'sms_cap'));
CREATE INDEX messages_of_address ON messages (address_key) WHERE address_key IS NOT NULL;
CREATE INDEX messages_held ON messages (held_for) WHERE held_for IS NOT NULL;
CREATE INDEX messages_held_of_person ON messages (person) WHERE held_for IS NOT NULL;

CREATE TABLE sms_days (
    day        date        PRIMARY KEY,          -- by the calendar of Paris
    sent       int         NOT NULL DEFAULT 0,
    reached_at timestamptz                       -- since when the cap of that day is reached
);
