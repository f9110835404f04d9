-- An establishment chooses among the mentors who fit, for pupils whose requests wait.

CREATE TABLE selections (
    selection_id uuid        PRIMARY KEY,
    fingerprint  bytea       NOT NULL UNIQUE,   -- of the link's token, which is nowhere stored
    association  text        NOT NULL,
    programme    text        NOT NULL REFERENCES pools,
    shown        int         NOT NULL CHECK (shown BETWEEN 1 AND 20),   -- mentors for each pupil
    opened_at    timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE TABLE selection_requests (
    selection_id uuid NOT NULL REFERENCES selections ON DELETE CASCADE,
    number       int  NOT NULL,   -- how the page names a pupil: the place in the list brought
    request_id   uuid NOT NULL REFERENCES requests ON DELETE CASCADE,
    PRIMARY KEY (selection_id, number),
    UNIQUE (selection_id, request_id)
);
CREATE INDEX selection_requests_of ON selection_requests (request_id);

-- A pair is made by a round or chosen in a selection; one that was only heard of, by neither.
ALTER TABLE pairs ADD COLUMN selection_id uuid REFERENCES selections;
ALTER TABLE pairs DROP CONSTRAINT pairs_check;
ALTER TABLE pairs ADD CONSTRAINT made_on_an_occasion
    CHECK (num_nonnulls(round_id, selection_id) = (made_at IS NOT NULL)::int);
CREATE INDEX pairs_of_selection ON pairs (selection_id) WHERE selection_id IS NOT NULL;
