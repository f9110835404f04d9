-- No key on purpose: a double effect is to be seen, not prevented.
CREATE TABLE effects (step text NOT NULL, subject uuid NOT NULL);
CREATE INDEX effects_of ON effects (step, subject);
