-- When both had their messages: a pair that is undone after that is an engagement that ends.

ALTER TABLE pairs ADD COLUMN introduced_at timestamptz;

-- Those that stand already were told long ago: they are followed up.
UPDATE pairs SET introduced_at = made_at
WHERE made_at IS NOT NULL AND ended_at IS NULL AND NOT EXISTS (
    SELECT FROM propositions p WHERE p.pair_id = pairs.pair_id AND p.state = 'open');
