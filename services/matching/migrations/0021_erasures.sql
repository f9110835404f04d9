-- People who left or were erased. A fact about them may still be on its way: they are not kept.

CREATE TABLE gone_people (
    person_id uuid        PRIMARY KEY,
    gone_at   timestamptz NOT NULL
);
CREATE FUNCTION gone_people_stay_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone_people WHERE person_id = CASE TG_TABLE_NAME
            WHEN 'mentors' THEN (to_jsonb(NEW)->>'mentor_id')::uuid
            ELSE (to_jsonb(NEW)->>'mentee_id')::uuid END) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gone_people_stay_away BEFORE INSERT ON mentors
    FOR EACH ROW EXECUTE FUNCTION gone_people_stay_away();
CREATE TRIGGER gone_people_stay_away BEFORE INSERT ON requests
    FOR EACH ROW EXECUTE FUNCTION gone_people_stay_away();

-- Ids that are being replaced in stored rounds by others that lead nowhere. The row goes with the
-- last replacement: nobody can tell afterwards who stood where.
CREATE TABLE erasures_under_way (
    person_id uuid        NOT NULL,
    old_id    uuid        NOT NULL,   -- of the person, or of a request of theirs
    new_id    uuid        NOT NULL DEFAULT gen_random_uuid(),
    since     timestamptz NOT NULL,   -- no round before it can hold the id
    PRIMARY KEY (person_id, old_id)
);
