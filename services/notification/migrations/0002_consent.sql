-- What was stopped: nothing more is told about it, and what had not left does not leave.

ALTER TABLE messages DROP CONSTRAINT messages_state_check;
ALTER TABLE messages ADD CONSTRAINT messages_state_check CHECK (state IN (
    'created', 'sending', 'delivered', 'temporary-failure',
    'permanent-failure', 'technical-failure', 'unknown', 'cancelled'));
ALTER TABLE messages ADD COLUMN request_id uuid;   -- NULL: told whatever becomes of a request
ALTER TABLE messages ADD COLUMN pair_id uuid;      -- NULL: told whatever becomes of a pair

CREATE TABLE withdrawn_requests (
    request_id   uuid        PRIMARY KEY,
    withdrawn_at timestamptz NOT NULL
);
CREATE TABLE stopped_pairs (
    pair_id    uuid        PRIMARY KEY,
    stopped_at timestamptz NOT NULL
);
CREATE INDEX introductions_of_request ON introductions (request_id);
