-- Each time that the reason of an alert was said, and by whom.

CREATE TABLE alert_signals (
    alert_id uuid        NOT NULL REFERENCES alerts ON DELETE CASCADE,
    number   int         NOT NULL,
    side     text        CHECK (side IN ('mentee', 'mentor')),
    at       timestamptz NOT NULL,
    PRIMARY KEY (alert_id, number)
);
INSERT INTO alert_signals (alert_id, number, at) SELECT alert_id, 1, raised_at FROM alerts;
