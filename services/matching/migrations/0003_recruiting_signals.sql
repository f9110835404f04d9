-- What one more mentor of each kind would have brought to a round, worked out when first looked at.

CREATE TABLE round_signals (
    round_id  uuid        PRIMARY KEY REFERENCES rounds ON DELETE CASCADE,
    programme text        NOT NULL,
    held_at   timestamptz NOT NULL,                 -- when the round was asked for
    asked_at  timestamptz NOT NULL DEFAULT now(),   -- real time: somebody works it out since then
    kinds     jsonb                                 -- [{need, level, territory, pairs, score, waiting}]
);
CREATE INDEX round_signals_latest ON round_signals (programme, held_at DESC)
    WHERE kinds IS NOT NULL;
CREATE INDEX round_signals_open ON round_signals (asked_at) WHERE kinds IS NULL;
