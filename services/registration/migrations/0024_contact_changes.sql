-- Another address or number for somebody: told to the old one, which may stop it.
CREATE TABLE contact_changes (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    role         text        NOT NULL CHECK (role IN ('person', 'guardian')),
    asked_by     text        NOT NULL,   -- 'person', 'guardian', or 'association:<code>'
    checked_way  text,                   -- how an association checked who asked, from a closed list
    asked_at     timestamptz NOT NULL,
    effective_at timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('waiting', 'done', 'stopped')),
    sealed       bytea                   -- the identity that is not in force: to come, or former
);
CREATE UNIQUE INDEX contact_changes_waiting ON contact_changes (person_id, role)
    WHERE state = 'waiting';
CREATE INDEX contact_changes_of_person ON contact_changes (person_id);
