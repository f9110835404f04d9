-- Both sides are asked before a pair is introduced: the pair and its places are held meanwhile.

ALTER TABLE programmes DROP CONSTRAINT programmes_mode_check;
ALTER TABLE programmes ADD CONSTRAINT programmes_mode_check
    CHECK (mode IN ('automatic', 'proposal', 'selection'));
ALTER TABLE programmes ADD COLUMN answer_days int NOT NULL DEFAULT 7
    CHECK (answer_days BETWEEN 4 AND 60);

CREATE TABLE propositions (
    pair_id    uuid        PRIMARY KEY REFERENCES pairs,
    state      text        NOT NULL DEFAULT 'open'
               CHECK (state IN ('open', 'accepted', 'declined', 'unanswered')),
    asked_at   timestamptz NOT NULL,
    last_day   date        NOT NULL,   -- to the end of which an answer counts, as people are told
    answer_by  timestamptz NOT NULL,   -- when that day is over
    shown_to   timestamptz NOT NULL,   -- so long its links say what became of it
    settled_at timestamptz,
    CHECK (asked_at < answer_by AND answer_by < shown_to),
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE TABLE proposition_answers (
    answer_id   uuid        PRIMARY KEY,
    pair_id     uuid        NOT NULL REFERENCES propositions,
    side        text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    fingerprint bytea       NOT NULL UNIQUE,   -- of the link's token, which is nowhere stored
    answer      text        CHECK (answer IN ('accepted', 'declined')),
    reason      text,                          -- of a no, where it was said
    answered_at timestamptz,
    UNIQUE (pair_id, side),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (reason IS NULL OR answer = 'declined')
);
