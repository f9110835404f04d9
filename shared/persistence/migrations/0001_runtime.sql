-- What every service keeps for the runtime: receipts, letters to send, timers.

CREATE TABLE inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_by_age ON inbox (received_at);

CREATE TABLE outbox (
    id          bigserial   PRIMARY KEY,
    event_id    uuid        NOT NULL UNIQUE,
    exchange    text        NOT NULL,
    routing_key text        NOT NULL,
    aggregate   text        NOT NULL,
    headers     jsonb       NOT NULL,
    body        text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_unsent_of_aggregate ON outbox (aggregate, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_by_age ON outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE timers (
    kind       text        NOT NULL,
    key        text        NOT NULL,
    due        timestamptz NOT NULL,
    payload    jsonb       NOT NULL DEFAULT '{}',
    correlation_id uuid,
    attempts   int         NOT NULL DEFAULT 0,
    not_before timestamptz,          -- real time: when to try again after a failure
    parked_reason text,              -- set aside after the last attempt, for an operator
    PRIMARY KEY (kind, key)
);
CREATE INDEX timers_by_due ON timers (due) WHERE parked_reason IS NULL;
