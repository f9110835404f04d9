-- Introductions that fail call a human; a pair that was undone ends its engagement.

ALTER TABLE alerts DROP CONSTRAINT alerts_reason_check;   -- the closed list stands in the code
ALTER TABLE engagements DROP CONSTRAINT engagements_end_reason_check;
ALTER TABLE engagements ADD CONSTRAINT engagements_end_reason_check CHECK (end_reason ~ '^[a-z_]{1,40}$');
ALTER TABLE alerts ADD CONSTRAINT alerts_reason_check CHECK (reason ~ '^[a-z_]{1,40}$');

CREATE TABLE undone_pairs (
    pair_id   uuid        PRIMARY KEY,
    undone_at timestamptz NOT NULL
);
