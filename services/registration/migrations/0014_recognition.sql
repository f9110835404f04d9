-- What finds somebody again: who came before whom, and a partner's own name for them.

-- The order of arrival here; registered_at may be a day that somebody stated.
ALTER TABLE persons ADD COLUMN arrival bigint GENERATED ALWAYS AS IDENTITY;

-- A partner that states its own reference again proves whom it speaks of. Keyed hash of partner,
-- side and reference; one reference given to two people names whoever fits.
CREATE TABLE stated_references (
    digest    bytea NOT NULL,
    person_id uuid  NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    PRIMARY KEY (digest, person_id)
);
