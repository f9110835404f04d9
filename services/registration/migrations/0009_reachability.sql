-- Ways to people by which their address was refused for good; no address stands here.

CREATE TABLE dead_ways (
    person_id uuid        NOT NULL,
    channel   text        NOT NULL CHECK (channel IN ('mail', 'sms')),
    since     timestamptz NOT NULL,
    PRIMARY KEY (person_id, channel)
);
-- No way is left.
CREATE TABLE unreachable_people (
    person_id uuid        PRIMARY KEY,
    side      text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    since     timestamptz NOT NULL
);

-- `gone`: the association left the file, and its request was handed on.
ALTER TABLE routings DROP CONSTRAINT routings_outcome_check;
ALTER TABLE routings ADD CONSTRAINT routings_outcome_check
    CHECK (outcome IN ('confirmed', 'declined', 'silent', 'gone'));
