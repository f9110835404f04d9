-- Whoever comes after a round of a large pool is answered at once, from the places that the round
-- left open and its prices: no whole round is waited for.

-- The picture its pool was taken from, whatever has to be looked at again (`seen`); NULL: older.
ALTER TABLE rounds ADD COLUMN snapshot pg_snapshot;
-- Real time: since when it waits for an answer.
ALTER TABLE requests ADD COLUMN heard_at timestamptz NOT NULL DEFAULT now();

-- Every request that was looked at so. Its pair counts among those of the round (pairs.round_id),
-- under the caps of that round; without one it waits for the next round.
CREATE TABLE arrivals (
    arrival_id  bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request_id  uuid        NOT NULL REFERENCES requests ON DELETE CASCADE,
    round_id    uuid        NOT NULL REFERENCES rounds ON DELETE CASCADE,
    pair_id     uuid        UNIQUE REFERENCES pairs,   -- NULL: no open place was for it
    association text,                                  -- the mentor's, whose cap it counts under
    answered_at timestamptz NOT NULL,
    seconds     float8      NOT NULL                   -- real time, since it was heard of
);
CREATE INDEX arrivals_left ON arrivals (request_id, round_id) WHERE pair_id IS NULL;
CREATE INDEX arrivals_answered ON arrivals (round_id, association) WHERE pair_id IS NOT NULL;

-- The round of each pool, if any, that may answer whoever comes: the last one that was published,
-- while all it was held under is as it was and no other is on its way. A pair that fell out or was
-- held back left somebody waiting who might take a place that is open: then the next round must.
CREATE VIEW kept_prices AS
SELECT own.code AS programme, kept.round_id, kept.snapshot, kept.people
FROM programmes own CROSS JOIN LATERAL (
    SELECT round_id, snapshot, waiting + mentors AS people, dropped, faulty FROM rounds
    WHERE programme = own.code AND state = 'published'
    ORDER BY requested_at DESC, finished_at DESC LIMIT 1) kept
WHERE own.cadence = 'arrival' AND own.mode <> 'selection'
  AND kept.dropped = 0 AND kept.faulty = '[]'
  -- Restored into a new cluster, where transactions are counted from the beginning again.
  AND pg_snapshot_xmax(kept.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
  AND pg_visible_in_snapshot(own.changed_in, kept.snapshot)
  AND NOT EXISTS (SELECT FROM association_caps
                  WHERE NOT pg_visible_in_snapshot(changed_in, kept.snapshot))
  AND NOT EXISTS (SELECT FROM rounds WHERE programme = own.code AND state IN ('queued', 'running'));
