-- Requests that were withdrawn: never opened again, in whatever order facts arrive.

CREATE TABLE withdrawn_requests (
    request_id   uuid        PRIMARY KEY,
    withdrawn_at timestamptz NOT NULL
);

-- An open proposition whose request was withdrawn ends so.
ALTER TABLE propositions DROP CONSTRAINT propositions_state_check;
ALTER TABLE propositions ADD CONSTRAINT propositions_state_check
    CHECK (state IN ('open', 'accepted', 'declined', 'unanswered', 'withdrawn'));
