-- Open sessions of people of associations. Registration keeps them; every other service keeps a
-- copy from its facts. The cookie's random value is stored nowhere, only its SHA-256.

CREATE TABLE sessions (
    id          uuid        PRIMARY KEY,
    fingerprint bytea       UNIQUE,           -- NULL: its end was heard of before its beginning
    user_id     uuid,
    user_name   text,                         -- name@association, in registration only
    association text,
    opened_at   timestamptz NOT NULL,         -- real time, like all times of a session
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_user ON sessions (user_id) WHERE ended_at IS NULL;

-- The last word of registration on which sessions are open: without a recent one, none is.
CREATE TABLE open_sessions (
    singleton   boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    listed_at   timestamptz NOT NULL DEFAULT '-infinity',
    session_ids uuid[]      NOT NULL DEFAULT '{}'
);
INSERT INTO open_sessions DEFAULT VALUES;
