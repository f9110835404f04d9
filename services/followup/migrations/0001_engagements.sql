-- Pairs that are followed up, what they were asked and answered, and what needs a human.

CREATE TABLE engagements (
    engagement_id uuid        PRIMARY KEY,
    pair_id       uuid        NOT NULL UNIQUE,
    request_id    uuid        NOT NULL,
    mentee_id     uuid        NOT NULL,
    mentor_id     uuid        NOT NULL,
    association   text        NOT NULL,
    started_at    timestamptz NOT NULL,
    term          int         NOT NULL DEFAULT 1,
    met_at        timestamptz,
    ended_at      timestamptz,
    end_reason    text        CHECK (end_reason IN ('completed', 'not_going_well', 'silent')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX engagements_running ON engagements (association) WHERE ended_at IS NULL;

CREATE TABLE terms (
    engagement_id uuid        NOT NULL REFERENCES engagements,
    number        int         NOT NULL CHECK (number >= 1),
    started_at    timestamptz NOT NULL,
    outcome       text        CHECK (outcome IN ('renewed', 'ended')),
    decided_at    timestamptz,
    PRIMARY KEY (engagement_id, number),
    CHECK ((outcome IS NULL) = (decided_at IS NULL))
);

CREATE TABLE checkins (
    checkin_id    uuid        PRIMARY KEY,
    engagement_id uuid        NOT NULL REFERENCES engagements,
    term          int         NOT NULL,
    kind          text        NOT NULL
                  CHECK (kind IN ('first_meeting', 'month_1', 'month_2', 'month_3')),
    attempt       int         NOT NULL DEFAULT 1,
    side          text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    fingerprint   bytea       NOT NULL UNIQUE,   -- of the link; the link itself is nowhere
    asked_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    answer        text,
    mood          text,
    answered_at   timestamptz,
    UNIQUE (engagement_id, term, kind, attempt, side),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);

CREATE TABLE alerts (
    alert_id      uuid        PRIMARY KEY,
    engagement_id uuid        REFERENCES engagements,
    association   text,                          -- unknown for a message about somebody unpaired
    message_id    uuid        UNIQUE,
    reason        text        NOT NULL
                  CHECK (reason IN ('not_going_well', 'silent', 'not_met', 'message_failed')),
    raised_at     timestamptz NOT NULL,
    signals       int         NOT NULL DEFAULT 1,  -- how often it was raised while it was open
    handled_at    timestamptz
);
CREATE UNIQUE INDEX alerts_open_once ON alerts (engagement_id, reason)
    WHERE handled_at IS NULL AND engagement_id IS NOT NULL;
CREATE INDEX alerts_open ON alerts (association) WHERE handled_at IS NULL;
