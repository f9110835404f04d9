-- Why a request has no mentor yet, as matching last told it; and how well a pair fits.

CREATE TABLE explanations (
    request_id   uuid        PRIMARY KEY REFERENCES requests (id) ON DELETE CASCADE,
    kind         text        NOT NULL,
    gate         text,
    permitted    int         NOT NULL,
    change       text,
    mentors      int         NOT NULL DEFAULT 0,
    explained_at timestamptz NOT NULL
);
ALTER TABLE pairs ADD COLUMN components jsonb;
