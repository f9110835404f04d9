-- People who may be one person, or a guardian or coordinator of the other: a pair of theirs that is
-- followed up goes before a human, also one that is heard of later.

CREATE TABLE kept_apart (
    mentee_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    PRIMARY KEY (mentee_id, mentor_id)
);
CREATE INDEX kept_apart_by_mentor ON kept_apart (mentor_id);
