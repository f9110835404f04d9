-- Two registrations that may be one person: both are kept, nothing of the earlier one changes, and
-- only the newcomer waits, until somebody who may decide has decided.

ALTER TABLE persons ADD COLUMN held boolean NOT NULL DEFAULT false;       -- not matched yet
ALTER TABLE persons ADD COLUMN same_as uuid REFERENCES persons (id);      -- decided: one person

CREATE TABLE doubts (
    id          uuid        PRIMARY KEY,
    side        text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    earlier_id  uuid        NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    newcomer_id uuid        NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    agreeing    text[]      NOT NULL,          -- names of the fields that agree, never what they say
    holds       boolean     NOT NULL,          -- false: too weak to let anybody wait
    association text        NOT NULL,          -- who decides
    raised_at   timestamptz NOT NULL,
    due_on      date        NOT NULL,          -- the last day to decide, in Paris
    reminded_at timestamptz,
    outcome     text        CHECK (outcome IN ('same', 'different', 'gone')),
    settled_at  timestamptz,
    settled_by  text,                          -- 'person', or 'association:<code>'
    UNIQUE (earlier_id, newcomer_id),
    CHECK (earlier_id <> newcomer_id),
    CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
CREATE INDEX doubts_open ON doubts (association, due_on) WHERE outcome IS NULL;
CREATE INDEX doubts_of_earlier ON doubts (earlier_id) WHERE outcome IS NULL;
CREATE INDEX doubts_of_newcomer ON doubts (newcomer_id);

-- One contact may be somebody's own, their guardian's, or both: marks are told apart by their use.
