-- What a link led to before its owner was erased: it shows the receipt of the erasure from then on.

ALTER TABLE erasures ADD COLUMN subjects uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX erasures_by_subject ON erasures USING gin (subjects);
CREATE INDEX idempotent_answers_of_subject ON idempotent_answers (subject);
