-- An introduction ends: both messages left, or it came to nothing (`closed_at`).

ALTER TABLE introductions ADD COLUMN closed_at timestamptz;
CREATE INDEX introductions_open ON introductions (pair_id)
    WHERE introduced_at IS NULL AND closed_at IS NULL;
