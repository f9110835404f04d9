-- Until when a mentor may accompany minors, and who checked it. What the criteria of a mentor say
-- (cleared, cleared_until) follows from here.

ALTER TABLE mentors ADD COLUMN cleared_until date;         -- NULL: not cleared
ALTER TABLE mentors ADD COLUMN clearance_said_by text;     -- who said so: 'partner:<name>', 'import',
                                                           -- '<name>@<association>'; NULL: nobody
CREATE INDEX mentors_of_association ON mentors (association);

-- A yes of somebody whose word does not count: kept, shown to the association in charge, and
-- settled when it records, withdraws or sets it aside.
CREATE TABLE clearance_claims (
    id            uuid        PRIMARY KEY,
    mentor_id     uuid        NOT NULL REFERENCES mentors (id) ON DELETE CASCADE,
    cleared_until date        NOT NULL,
    said_by       text        NOT NULL,
    said_at       timestamptz NOT NULL,
    association   text        NOT NULL,   -- who decides
    due_on        date        NOT NULL,   -- the last day to decide, in Paris
    settled_at    timestamptz,
    settled_by    text
);
CREATE UNIQUE INDEX clearance_claims_open_once ON clearance_claims (mentor_id, said_by)
    WHERE settled_at IS NULL;
CREATE INDEX clearance_claims_of ON clearance_claims (association, due_on)
    WHERE settled_at IS NULL;

-- A yes of before clearances had a last day holds for 24 months from the registration; its end is
-- told when it comes.
UPDATE mentors m
SET cleared_until = ((p.registered_at AT TIME ZONE 'Europe/Paris') + interval '24 months')::date,
    criteria = m.criteria || jsonb_build_object('cleared_until',
        ((p.registered_at AT TIME ZONE 'Europe/Paris') + interval '24 months')::date),
    clearance_said_by = 'partner:' || coalesce(p.partner, p.door)
FROM persons p WHERE p.id = m.id AND (m.criteria->>'cleared')::boolean;

INSERT INTO timers (kind, key, due, payload)
SELECT 'clearance_ended', id::text, (cleared_until + 1)::timestamp AT TIME ZONE 'Europe/Paris',
       jsonb_build_object('until', cleared_until)
FROM mentors WHERE cleared_until IS NOT NULL;
INSERT INTO timers (kind, key, due, payload)
SELECT 'clearance_ends_soon', id::text,
       (cleared_until - 30)::timestamp AT TIME ZONE 'Europe/Paris',
       jsonb_build_object('until', cleared_until)
FROM mentors WHERE cleared_until IS NOT NULL;
