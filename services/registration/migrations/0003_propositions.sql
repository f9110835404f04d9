-- Both sides of a pair may be asked before it stands; one that will not be is kept, not shown.
ALTER TABLE pairs ADD COLUMN answer_until date;          -- NULL: introduced without asking
ALTER TABLE pairs ADD COLUMN released_at  timestamptz;   -- one declined, or nobody answered
