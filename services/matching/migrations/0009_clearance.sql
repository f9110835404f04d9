-- A pair with a minor whose mentor is no longer cleared is paused until a human has decided.

ALTER TABLE pairs ADD COLUMN paused_at timestamptz;
