-- A mentor who was matched may be held again: corrected to 16 or 17, a guardian comes first. The
-- last word on a hold is kept, of whoever is known and of whoever is heard of later.

ALTER TABLE lifted_holds RENAME TO holds;
ALTER TABLE holds ADD COLUMN held boolean NOT NULL DEFAULT false;

-- Somebody who is held may have pairs already: no place is open beside those taken.
ALTER TABLE mentors DROP CONSTRAINT no_place_while_held;
ALTER TABLE mentors ADD CONSTRAINT no_place_while_held CHECK (NOT held OR capacity = taken);

CREATE OR REPLACE FUNCTION close_blocked_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.blocked <> '{}' OR NEW.held THEN
        NEW.capacity := NEW.taken;
    ELSIF (OLD.blocked <> '{}' OR OLD.held) AND NEW.left_at IS NULL THEN
        NEW.capacity := greatest((NEW.criteria->>'capacity')::int, NEW.taken);
        NEW.changed_in := pg_current_xact_id();
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER close_blocked_places ON mentors;
CREATE TRIGGER close_blocked_places BEFORE UPDATE ON mentors
    FOR EACH ROW WHEN (NEW.blocked <> '{}' OR OLD.blocked <> '{}' OR NEW.held OR OLD.held)
    EXECUTE FUNCTION close_blocked_places();
