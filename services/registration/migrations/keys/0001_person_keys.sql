-- The keys of people, in a database of their own (in production a cluster of its own, with a short
-- archive): whoever deletes a row here has erased the person, in every backup of everything else.

CREATE TABLE person_keys (
    person_id   uuid        PRIMARY KEY,
    wrapped_key bytea       NOT NULL,   -- under the master key
    made_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_keys_by_age ON person_keys (made_at);
