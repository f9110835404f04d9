-- What each run of retention did, by rule.

CREATE TABLE retention_runs (
    id     bigserial   PRIMARY KEY,
    ran_at timestamptz NOT NULL,
    report jsonb       NOT NULL
);

-- When somebody came here, whenever they registered elsewhere: inactivity counts from here.
ALTER TABLE persons ADD COLUMN came_at timestamptz NOT NULL DEFAULT now();
