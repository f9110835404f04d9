-- Until when a pair may be paused: the association is reminded half-way.
ALTER TABLE pauses ADD COLUMN ends_at timestamptz;
