-- Who waits, who can help, the rounds that bring them together, and every pair ever made.
--
-- changed_in and seen say exactly what a round has not seen yet: a row is new to a round when the
-- transaction that wrote it (changed_in) was not yet visible in the snapshot the round was taken
-- from (seen). Nobody has to write to a shared row, so events never wait for each other here.

CREATE TABLE pools (
    programme   text        PRIMARY KEY,
    opened_at   timestamptz NOT NULL
);

CREATE TABLE requests (
    request_id  uuid        PRIMARY KEY,
    mentee_id   uuid        NOT NULL,
    programme   text        NOT NULL,   -- no reference: it would write to the pool's row
    association text        NOT NULL,
    criteria    jsonb       NOT NULL,   -- what is asked for, never who asks
    since       timestamptz NOT NULL,   -- registration: waiting counts from here
    opened_at   timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'paired', 'closed')),
    changed_in  xid8        NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX requests_waiting ON requests (programme, changed_in) WHERE state = 'waiting';

CREATE TABLE mentors (
    mentor_id   uuid        PRIMARY KEY,
    association text,
    criteria    jsonb       NOT NULL,
    capacity    int         NOT NULL,
    taken       int         NOT NULL DEFAULT 0,
    joined_at   timestamptz NOT NULL,
    changed_in  xid8        NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT no_place_given_twice CHECK (taken BETWEEN 0 AND capacity)
);
CREATE INDEX mentors_free ON mentors (changed_in) WHERE taken < capacity;

CREATE TABLE rounds (
    round_id      uuid        PRIMARY KEY,
    programme     text        NOT NULL REFERENCES pools,
    state         text        NOT NULL DEFAULT 'queued'
                  CHECK (state IN ('queued', 'running', 'published', 'failed')),
    requested_at  timestamptz NOT NULL,
    held_on       date        NOT NULL,   -- the day in Paris that ages and waiting count to
    inputs        jsonb       NOT NULL,   -- the pool as it was: a round can be run again from it
    policy        jsonb       NOT NULL,
    waiting       int         NOT NULL,
    mentors       int         NOT NULL,
    seen          pg_snapshot,            -- NULL: something that it saw must be looked at again
    attempts      int         NOT NULL DEFAULT 0,
    claim         uuid        UNIQUE,     -- changes with each claim, so that a late one is found out
    lease_until   timestamptz,            -- real time, not the business clock
    result        jsonb,                  -- the pairs it proposed
    faulty        jsonb       NOT NULL DEFAULT '[]',  -- those the verifier held back
    certificate   jsonb,
    violations    jsonb       NOT NULL DEFAULT '[]',
    pairs         int,                    -- published
    dropped       int,                    -- no longer possible when it was published
    score         float8,
    gap           float8,
    seconds       float8,                 -- real time that solving took
    reason        text,                   -- of a failure
    finished_at   timestamptz             -- real time
);
CREATE UNIQUE INDEX rounds_open_once ON rounds (programme) WHERE state IN ('queued', 'running');
CREATE INDEX rounds_latest ON rounds (programme, requested_at DESC);

CREATE TABLE pairs (
    pair_id     uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id  uuid        NOT NULL,
    mentee_id   uuid        NOT NULL,
    mentor_id   uuid        NOT NULL,
    round_id    uuid        REFERENCES rounds,   -- NULL: heard of, not made here
    score       float8,
    components  jsonb,
    made_at     timestamptz,
    ended_at    timestamptz,
    end_reason  text,
    CONSTRAINT never_made_again UNIQUE (mentee_id, mentor_id),
    CHECK ((round_id IS NULL) = (made_at IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX pairs_of_request ON pairs (request_id);
CREATE INDEX pairs_of_round ON pairs (round_id);
