-- An introduction ends: both messages left, or it came to nothing (`closed_at`).

ALTER TABLE introductions ADD COLUMN closed_at timestamptz;
CREATE INDEX introductions_open ON introductions (pair_id)
    WHERE introduced_at IS NULL AND closed_at IS NULL;

-- Those under way already have as long as any other.
INSERT INTO timers (kind, key, due)
SELECT 'close_introduction', pair_id::text, now() + interval '3 days' FROM introductions
WHERE introduced_at IS NULL ON CONFLICT DO NOTHING;
