-- A letter that the broker does not take (no queue for it yet) waits longer each time, so that it
-- does not stand in the way of the others.

ALTER TABLE outbox
    ADD COLUMN attempts   int NOT NULL DEFAULT 0,
    ADD COLUMN not_before timestamptz;
