-- Rows that no round may take, each with its reasons, while all others go on: a code of theirs left
-- its vocabulary, or no message reaches them. What is set aside keeps its turn and its places.

ALTER TABLE requests ADD COLUMN blocked text[] NOT NULL DEFAULT '{}';
ALTER TABLE requests ADD COLUMN blocked_at timestamptz;
ALTER TABLE mentors ADD COLUMN blocked text[] NOT NULL DEFAULT '{}';
ALTER TABLE mentors ADD COLUMN blocked_at timestamptz;
ALTER TABLE requests DROP CONSTRAINT requests_state_check;
ALTER TABLE requests ADD CONSTRAINT requests_state_check
    CHECK (state IN ('held', 'waiting', 'set_aside', 'paired', 'closed'));
CREATE INDEX requests_set_aside ON requests (request_id) WHERE state = 'set_aside';
CREATE INDEX mentors_blocked ON mentors (mentor_id) WHERE blocked <> '{}';

-- Whatever changes a row, blocked and waiting exclude each other, and a blocked mentor has no place
-- open beside those taken.
CREATE FUNCTION set_request_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'waiting' AND NEW.blocked <> '{}' THEN
        NEW.state := 'set_aside';
    ELSIF NEW.state = 'set_aside' AND NEW.blocked = '{}' THEN
        NEW.state := 'waiting';
        NEW.changed_in := pg_current_xact_id();
        NEW.heard_at := now();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER set_request_aside BEFORE INSERT OR UPDATE ON requests
    FOR EACH ROW WHEN (NEW.blocked <> '{}' OR NEW.state = 'set_aside')
    EXECUTE FUNCTION set_request_aside();

CREATE FUNCTION close_blocked_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.blocked <> '{}' THEN
        NEW.capacity := NEW.taken;
    ELSIF OLD.blocked <> '{}' AND NOT NEW.held AND NEW.left_at IS NULL THEN
        NEW.capacity := greatest((NEW.criteria->>'capacity')::int, NEW.taken);
        NEW.changed_in := pg_current_xact_id();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER close_blocked_places BEFORE UPDATE ON mentors
    FOR EACH ROW WHEN (NEW.blocked <> '{}' OR OLD.blocked <> '{}')
    EXECUTE FUNCTION close_blocked_places();

-- Contacts that are known to be dead or alive, also of people not heard of yet.
CREATE TABLE unreachable (
    person_id uuid        PRIMARY KEY,
    since     timestamptz NOT NULL
);
CREATE INDEX requests_of_mentee ON requests (mentee_id);
