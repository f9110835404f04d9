-- People who are not matched yet, because they may be somebody known already; and people who are
-- never put together, because they may be one person, or a child and the child's guardian.

-- A held request is kept with its day of registration; only what is 'waiting' is ever matched.
ALTER TABLE requests DROP CONSTRAINT requests_state_check;
ALTER TABLE requests ADD CONSTRAINT requests_state_check
    CHECK (state IN ('held', 'waiting', 'paired', 'closed'));

-- A held mentor has no place at all (capacity 0) until the hold is lifted.
ALTER TABLE mentors ADD COLUMN held boolean NOT NULL DEFAULT false;
ALTER TABLE mentors ADD CONSTRAINT no_place_while_held CHECK (NOT held OR capacity = 0);

CREATE TABLE kept_apart (
    mentee_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    PRIMARY KEY (mentee_id, mentor_id)
);
CREATE INDEX kept_apart_by_mentor ON kept_apart (mentor_id);

-- Facts come in any order: a hold may be lifted before it is heard of.
CREATE TABLE lifted_holds (
    subject uuid PRIMARY KEY   -- a request or a mentor
);
