-- When both had their messages: a pair that is undone after that is an engagement that ends.

ALTER TABLE pairs ADD COLUMN introduced_at timestamptz;
