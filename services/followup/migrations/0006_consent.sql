-- A request that is withdrawn ends its engagement, and no other begins for it, in whatever order
-- facts arrive.

CREATE TABLE withdrawn_requests (
    request_id   uuid        PRIMARY KEY,
    withdrawn_at timestamptz NOT NULL
);

ALTER TABLE engagements DROP CONSTRAINT engagements_end_reason_check;
ALTER TABLE engagements ADD CONSTRAINT engagements_end_reason_check
    CHECK (end_reason IN ('completed', 'not_going_well', 'silent', 'left', 'withdrawn'));
CREATE INDEX engagements_of_request ON engagements (request_id) WHERE ended_at IS NULL;
