-- Rounds published in portions, programmes and policies as data, explanations kept.

-- What of an accepted round is still to be told. A portion is taken away in the transaction that
-- tells it, so a crash in the middle goes on where it stopped and nothing is told twice.
CREATE TABLE round_portions (
    round_id uuid  NOT NULL REFERENCES rounds ON DELETE CASCADE,
    number   int   NOT NULL,
    pairs    jsonb NOT NULL,   -- [{request_id, mentor_id, score, components, explanation}]
    waiting  jsonb NOT NULL,   -- [{request_id, explanation, gist}] of those without a pair
    PRIMARY KEY (round_id, number)
);
ALTER TABLE rounds ADD COLUMN accepted_at timestamptz;   -- real time: solved, checked, being told
ALTER TABLE rounds ALTER COLUMN inputs DROP NOT NULL;    -- NULL: let go, see jobs/retention.py
CREATE INDEX rounds_with_inputs ON rounds (finished_at) WHERE inputs IS NOT NULL;

-- A policy never changes: a new content is a new version. All are kept for ever, so that every
-- round can be read again.
CREATE TABLE policies (
    sha256  text        PRIMARY KEY,
    version text        NOT NULL CONSTRAINT one_content_a_version UNIQUE,
    content jsonb       NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION policies_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a policy is kept for ever, as it is';
END $$;
CREATE TRIGGER policies_stay BEFORE UPDATE OR DELETE ON policies
    FOR EACH ROW EXECUTE FUNCTION policies_stay();

-- Programmes that somebody has set; one never heard of uses the default policy and cadence.
CREATE TABLE programmes (
    code          text  PRIMARY KEY CHECK (code ~ '^[a-z0-9_-]{1,40}$'),
    mode          text  NOT NULL DEFAULT 'automatic' CHECK (mode IN ('automatic', 'selection')),
    cadence       text  CHECK (cadence IN ('arrival', 'minute', 'day')),   -- NULL: the setting
    policy_sha256 text  REFERENCES policies,                               -- NULL: the default
    changed_in    xid8  NOT NULL DEFAULT pg_current_xact_id()
);

-- Most new pairs of an association's mentors in one round.
CREATE TABLE association_caps (
    association text PRIMARY KEY,
    round_cap   int  CHECK (round_cap >= 0),                               -- NULL: no limit
    changed_in  xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Why this mentor, or why none yet: the latest of each request, gone with it.
CREATE TABLE explanations (
    request_id  uuid  PRIMARY KEY REFERENCES requests ON DELETE CASCADE,
    round_id    uuid,            -- NULL: no round was held, there is no place anywhere
    explanation jsonb NOT NULL,
    gist        jsonb            -- what of it is worth telling again when it changes; NULL: paired
);
