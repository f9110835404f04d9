-- People who were erased. A fact about them may still be on its way: no engagement comes of it.

CREATE TABLE erased_people (
    person_id uuid        PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
CREATE FUNCTION erased_people_stay_unknown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM erased_people WHERE person_id IN (NEW.mentee_id, NEW.mentor_id)) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erased_people_stay_unknown BEFORE INSERT ON engagements
    FOR EACH ROW EXECUTE FUNCTION erased_people_stay_unknown();
