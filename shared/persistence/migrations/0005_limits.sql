-- How often something happened lately, for limits that all replicas of a service share.
--
-- A window is cut into 60 slices; a row counts the uses of one key within one slice. So a question
-- reads 61 rows at most, however large the limit and the table are. Keys are keyed hashes: no
-- address, number or network stands here.

CREATE TABLE limit_counts (
    rule       text        NOT NULL,
    key        bytea       NOT NULL,
    slice      timestamptz NOT NULL,      -- where the slice begins
    uses       int         NOT NULL,
    kept_until timestamptz NOT NULL,      -- from then on the row is outside of its window
    PRIMARY KEY (rule, key, slice)
);
CREATE INDEX limit_counts_by_age ON limit_counts (kept_until);

-- Which of these limits have no room at that instant, and when each has room again. A slice counts
-- for as long as any part of it lies in the window, so no window ever holds more than `most`.
CREATE FUNCTION limits_reached(
    rules text[], keys bytea[], most int[], seconds float8[], at timestamptz
) RETURNS TABLE (reached text, free_at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT asked.rule, max(counted.slice) + make_interval(secs => asked.span * 61 / 60)
    FROM unnest(rules, keys, most, seconds) AS asked (rule, key, most, span)
    CROSS JOIN LATERAL (
        SELECT c.slice, sum(c.uses) OVER (ORDER BY c.slice DESC) AS since
        FROM limit_counts c
        WHERE c.rule = asked.rule AND c.key = asked.key
            AND c.slice > at - make_interval(secs => asked.span * 61 / 60)
    ) AS counted
    WHERE counted.since >= asked.most
    GROUP BY asked.rule, asked.key, asked.span
$$;

-- The same, and where all of them have room, one use of each is counted. Uses of one key wait for
-- each other until their transactions end, so no two of them take the last place.
CREATE FUNCTION use_limits(
    rules text[], keys bytea[], most int[], seconds float8[], at timestamptz
) RETURNS TABLE (reached text, free_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(lock) FROM (
        SELECT DISTINCT hashtextextended(asked.rule || encode(asked.key, 'hex'), 0) AS lock
        FROM unnest(rules, keys) AS asked (rule, key) ORDER BY lock
    ) AS locks;
    RETURN QUERY SELECT * FROM limits_reached(rules, keys, most, seconds, at);
    IF FOUND THEN
        RETURN;
    END IF;
    INSERT INTO limit_counts AS c (rule, key, slice, uses, kept_until)
    SELECT asked.rule, asked.key, cut.slice, 1,
        cut.slice + make_interval(secs => asked.span * 61 / 60)
    FROM unnest(rules, keys, seconds) AS asked (rule, key, span)
    CROSS JOIN LATERAL (
        SELECT date_bin(make_interval(secs => asked.span / 60), at, 'epoch') AS slice
    ) AS cut
    ON CONFLICT (rule, key, slice) DO UPDATE SET uses = c.uses + 1;
END $$;
