-- Who left and why a pair was undone are remembered: its introduction may be heard of only later.

CREATE TABLE departed_mentors (
    mentor_id   uuid        PRIMARY KEY,
    departed_at timestamptz NOT NULL
);
ALTER TABLE undone_pairs
    ADD COLUMN reason  text,          -- NULL: undone before reasons were kept
    ADD COLUMN told_at timestamptz;   -- since when the other side knows that the mentor left
