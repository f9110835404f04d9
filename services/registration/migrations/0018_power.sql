-- The ledger: no setting unlocks it any more. Old rows are taken away by the retention role, which
-- no service is; nobody empties it at once.

CREATE OR REPLACE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user LIKE '%\_retention' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the access ledger is append-only';
END $$;

CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
