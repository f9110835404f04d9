-- A mentor may leave: their places are closed to every round from then on.

ALTER TABLE mentors ADD COLUMN left_at timestamptz;
