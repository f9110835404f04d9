-- Addresses and numbers that have proved to be somebody's: a button on the page of a link that was
-- sent there was pressed. Keyed hashes; a row goes with the person who proved it.

CREATE TABLE proved_addresses (
    digest    bytea       NOT NULL,
    person_id uuid        NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    proved_at timestamptz NOT NULL,
    PRIMARY KEY (digest, person_id)
);
CREATE INDEX proved_addresses_of_person ON proved_addresses (person_id);
