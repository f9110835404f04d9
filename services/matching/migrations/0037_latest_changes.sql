-- Facts of which the latest counts, whichever is heard first: when the latest that was heard became
-- so. '-infinity': it was said before changes were dated.

CREATE TABLE latest_changes (
    aspect     text        NOT NULL,
    person_id  uuid        NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (aspect, person_id)
);
CREATE INDEX latest_changes_of ON latest_changes (person_id);

-- Since when the association of a request has it in charge.
ALTER TABLE requests ADD COLUMN association_since timestamptz NOT NULL DEFAULT '-infinity';

-- What is known of a birth counts more than what criteria say that were stated before: no year is
-- an adult. It takes the place of the mere list of adults.
CREATE TABLE births (
    person_id  uuid PRIMARY KEY,
    birth_year int                     -- NULL: 18 or older
);
INSERT INTO births (person_id) SELECT person_id FROM adults;
DROP TABLE adults;
