-- Pairs with a minor whose mentor is no longer cleared: paused, whatever fact comes first.

CREATE TABLE pauses (
    pair_id    uuid        PRIMARY KEY,
    paused_at  timestamptz NOT NULL,
    resumed_at timestamptz              -- NULL: paused now
);
