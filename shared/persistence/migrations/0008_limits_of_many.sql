-- `use_limits` for many at once, one after the other in the order of their numbers. Their keys are
-- locked before, in one order, so that two transactions do not wait for each other.
CREATE FUNCTION use_limits_of_many(
    numbers int[], rules text[], keys bytea[], most int[], seconds float8[], at timestamptz[]
) RETURNS TABLE (number int, free_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(lock) FROM (
        SELECT DISTINCT hashtextextended(asked.rule || encode(asked.key, 'hex'), 0) AS lock
        FROM unnest(rules, keys) AS asked (rule, key) ORDER BY lock
    ) AS locks;
    RETURN QUERY
    SELECT asked.n, (SELECT max(used.free_at) FROM use_limits(
        asked.rules, asked.keys, asked.most, asked.seconds, asked.at) AS used)
    FROM (
        SELECT x.n, array_agg(x.rule) AS rules, array_agg(x.key) AS keys, array_agg(x.most) AS most,
            array_agg(x.span) AS seconds, min(x.at) AS at
        FROM unnest(numbers, rules, keys, most, seconds, at) AS x (n, rule, key, most, span, at)
        GROUP BY x.n ORDER BY x.n
    ) AS asked;
END $$;
