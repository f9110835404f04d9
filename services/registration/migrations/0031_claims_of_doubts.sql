-- A yes that was said of a newcomer is kept as a claim about whoever the newcomer may be; it goes
-- when they are found to be two.

ALTER TABLE clearance_claims ADD COLUMN newcomer_id uuid REFERENCES persons (id) ON DELETE CASCADE;
DROP INDEX clearance_claims_open_once;
CREATE UNIQUE INDEX clearance_claims_open_once
    ON clearance_claims (mentor_id, said_by, coalesce(newcomer_id, mentor_id))
    WHERE settled_at IS NULL;
CREATE INDEX clearance_claims_of_newcomer ON clearance_claims (newcomer_id)
    WHERE newcomer_id IS NOT NULL;
