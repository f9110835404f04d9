-- How many requests each association has in hand, as differences that are summed: whoever changes
-- requests adds rows and waits for nobody.

-- Nobody changes a request between the count and the triggers.
LOCK TABLE requests IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE association_loads (
    association text NOT NULL,
    difference  int  NOT NULL
);

INSERT INTO association_loads (association, difference)
SELECT association, count(*) FROM requests
WHERE association IS NOT NULL AND state IN ('routed', 'guardian_check', 'confirmed') GROUP BY association;

CREATE FUNCTION add_association_load() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO association_loads (association, difference)
    SELECT association, count(*) FROM added
    WHERE association IS NOT NULL AND state IN ('routed', 'guardian_check', 'confirmed') GROUP BY association;
    RETURN NULL;
END $$;

CREATE FUNCTION remove_association_load() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO association_loads (association, difference)
    SELECT association, -count(*) FROM removed
    WHERE association IS NOT NULL AND state IN ('routed', 'guardian_check', 'confirmed') GROUP BY association;
    RETURN NULL;
END $$;

CREATE FUNCTION change_association_load() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO association_loads (association, difference)
    SELECT association, sum(difference) FROM (
        SELECT association, 1 AS difference FROM added
        WHERE association IS NOT NULL AND state IN ('routed', 'guardian_check', 'confirmed')
        UNION ALL
        SELECT association, -1 FROM removed
        WHERE association IS NOT NULL AND state IN ('routed', 'guardian_check', 'confirmed')
    ) changed GROUP BY association HAVING sum(difference) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER association_loads_added AFTER INSERT ON requests
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_association_load();
CREATE TRIGGER association_loads_removed AFTER DELETE ON requests
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION remove_association_load();
CREATE TRIGGER association_loads_changed AFTER UPDATE ON requests
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION change_association_load();
