-- A pause ends: the mentor is cleared again, or the pair is undone. Those under way already have as
-- long as any other.
INSERT INTO timers (kind, key, due)
SELECT 'pause_over', pair_id::text, now() + interval '30 days' FROM pairs
WHERE paused_at IS NOT NULL AND ended_at IS NULL ON CONFLICT DO NOTHING;
