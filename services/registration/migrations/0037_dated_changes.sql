-- When what is stated of somebody became so the last time: each change gets a later date than the
-- one before it, also where two machines' clocks differ, so that listeners know which one counts.

ALTER TABLE mentors ADD COLUMN clearance_changed_at timestamptz;
ALTER TABLE mentors ADD COLUMN hold_changed_at timestamptz;
ALTER TABLE persons ADD COLUMN birth_changed_at timestamptz;
ALTER TABLE persons ADD COLUMN reach_changed_at timestamptz;
