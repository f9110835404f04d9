-- Intents and what became of them. Ids and codes only: no address, no name, no word of a message.

CREATE TABLE messages (
    id             uuid        PRIMARY KEY,      -- follows from what it says: a repeat is the same row
    template       text        NOT NULL,
    recipient      text        NOT NULL,
    person         text        NOT NULL,
    concerns       uuid        NOT NULL,
    lang           text,
    facts          jsonb       NOT NULL,
    cause_id       uuid        NOT NULL,
    correlation_id uuid        NOT NULL,
    state          text        NOT NULL DEFAULT 'created' CHECK (state IN (
        'created', 'sending', 'delivered', 'temporary-failure',
        'permanent-failure', 'technical-failure', 'unknown')),
    reason         text,                         -- why it is in this state, from closed words
    claim          int         NOT NULL DEFAULT 0,
    setbacks       int         NOT NULL DEFAULT 0,
    channel        text,
    spent          text[]      NOT NULL DEFAULT '{}',
    reference      text,                         -- the provider's own id of it
    intended_at    timestamptz NOT NULL,         -- business time
    settled_at     timestamptz,                  -- business time
    not_before     timestamptz NOT NULL DEFAULT now(),  -- real time from here on: technical leases
    handed_at      timestamptz,
    lease_until    timestamptz
);
CREATE INDEX messages_to_send ON messages (not_before)
    WHERE state IN ('created', 'temporary-failure');
CREATE INDEX messages_in_hand ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_unknown ON messages (id) WHERE state = 'unknown';
CREATE INDEX messages_of_introductions ON messages (concerns)
    WHERE template IN ('pair_introduced_mentee', 'pair_introduced_mentor');

-- A pair is introduced once both of its messages have left; the fact is stated once.
CREATE TABLE introductions (
    pair_id       uuid        PRIMARY KEY,
    request_id    uuid        NOT NULL,
    mentee_id     uuid        NOT NULL,
    mentor_id     uuid        NOT NULL,
    association   text        NOT NULL,
    programme     text        NOT NULL,
    introduced_at timestamptz
);
