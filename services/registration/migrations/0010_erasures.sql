-- Erasures: who asked for them, from which day they are final, and what each service answered.

CREATE TABLE erasures (
    person_id  uuid        PRIMARY KEY,
    side       text        NOT NULL,
    asked_by   text        NOT NULL,   -- person, guardian, operator, retention, consent
    asked_at   timestamptz NOT NULL,
    final_on   date        NOT NULL,   -- when no archive of keys reaches back so far any more
    erased_at  timestamptz             -- NULL: under way
);
CREATE TABLE erasure_receipts (
    person_id uuid        NOT NULL,
    service   text        NOT NULL,
    done_at   timestamptz NOT NULL,
    PRIMARY KEY (person_id, service)
);
