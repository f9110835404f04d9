CREATE TABLE notes (pair_id uuid NOT NULL);
