-- Guardians: who consented, who was told, who assured themselves of it, and until when it matters.

ALTER TABLE requests DROP CONSTRAINT requests_state_check;
ALTER TABLE requests ADD CONSTRAINT requests_state_check CHECK (state IN (
    'awaiting_consent', 'placing', 'routed', 'unrouted', 'guardian_check', 'confirmed', 'ended',
    'consent_expired', 'consent_refused', 'consent_withdrawn', 'withdrawn', 'erased', 'duplicate'));
-- 'guardian_check': an association has taken charge, and first assures itself of the guardian.

ALTER TABLE requests ADD COLUMN minority text CHECK (minority IN ('under_15', 'under_18'));
UPDATE requests SET minority = CASE WHEN age < 15 THEN 'under_15' WHEN age < 18 THEN 'under_18' END;
ALTER TABLE requests ADD COLUMN guardian_told_at timestamptz;      -- our message to them has left
ALTER TABLE requests ADD COLUMN guardian_contact boolean NOT NULL DEFAULT false;

-- What an association has to do, or did, about a minor's guardian; one of each request or mentor.
CREATE TABLE guardian_checks (
    subject     uuid        PRIMARY KEY,        -- the request, or the mentor
    side        text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    kind        text        NOT NULL CHECK (kind IN ('confirm', 'inform')),
    association text        NOT NULL,           -- who does it
    opened_at   timestamptz NOT NULL,
    answer_by   timestamptz NOT NULL,
    settled_at  timestamptz,
    how         text,                           -- closed list; 'message', 'birthday': by itself
    CHECK ((settled_at IS NULL) = (how IS NULL))
);
CREATE INDEX guardian_checks_open ON guardian_checks (association, answer_by)
    WHERE settled_at IS NULL;

ALTER TABLE mentors ADD COLUMN left_at timestamptz;   -- gone: matched with nobody any more
