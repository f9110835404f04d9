-- Facts come in any order: a pause may be over before it is heard of, a pair may be confirmed of
-- somebody who was erased meanwhile.

CREATE TABLE pauses (
    pair_id    uuid        PRIMARY KEY,
    paused_at  timestamptz NOT NULL,     -- by which a pause is known: only the latest is kept
    resumed_at timestamptz
);

-- Whoever writes about a person waits for who is erasing that person at this very moment.
CREATE OR REPLACE FUNCTION erased_people_stay_unknown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people text[] := CASE TG_TABLE_NAME
        WHEN 'messages' THEN ARRAY[to_jsonb(NEW)->>'person']
        ELSE ARRAY[to_jsonb(NEW)->>'mentee_id', to_jsonb(NEW)->>'mentor_id'] END;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(person, 0)) FROM unnest(people) person;
    IF EXISTS (SELECT FROM erased_people WHERE person_id::text = ANY (people)) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erased_people_stay_unknown BEFORE INSERT ON introductions
    FOR EACH ROW EXECUTE FUNCTION erased_people_stay_unknown();
DELETE FROM introductions i USING erased_people e
WHERE e.person_id IN (i.mentee_id, i.mentor_id);
