-- Who registers, what they ask for, which association has it in hand.
-- Names, addresses, phones and birth dates stand in persons.sealed only, under a key of each
-- person's own (persons.wrapped_key, itself under the master key): without it nothing is readable.

CREATE TABLE persons (
    id            uuid        PRIMARY KEY,
    side          text        NOT NULL CHECK (side IN ('mentee', 'mentor')),
    wrapped_key   bytea,                       -- NULL: erased
    sealed        bytea,
    lang          text        NOT NULL,
    door          text        NOT NULL,
    partner       text,
    campaign      text,
    company       text,
    registered_at timestamptz NOT NULL,
    erased_at     timestamptz
);

-- Keyed hashes by which the same person is recognised at another door (blind indexes).
CREATE TABLE marks (
    person_id uuid  NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    side      text  NOT NULL,
    kind      text  NOT NULL,
    digest    bytea NOT NULL,
    PRIMARY KEY (person_id, kind)
);
CREATE INDEX marks_by_digest ON marks (digest, side);

CREATE TABLE mentors (
    id              uuid  PRIMARY KEY REFERENCES persons (id),
    criteria        jsonb NOT NULL,
    association     text,
    acknowledged_at timestamptz
);

CREATE TABLE requests (
    id              uuid        PRIMARY KEY,
    mentee_id       uuid        NOT NULL REFERENCES persons (id),
    state           text        NOT NULL CHECK (state IN ('awaiting_consent', 'placing', 'routed',
                                    'unrouted', 'confirmed', 'ended', 'consent_expired',
                                    'consent_refused')),
    criteria        jsonb       NOT NULL,      -- without the sensitive publics
    age             int         NOT NULL,      -- whole years on the day of registration
    registered_at   timestamptz NOT NULL,
    acknowledged_at timestamptz,
    consented_at    timestamptz,
    association     text,
    routed_at       timestamptz,
    answer_by       timestamptz,
    confirmed_at    timestamptz,
    closed_at       timestamptz
);
CREATE INDEX requests_of_mentee ON requests (mentee_id);
CREATE INDEX requests_in_hand ON requests (association, state, registered_at)
    WHERE state IN ('routed', 'confirmed');
CREATE INDEX requests_not_placed ON requests (state) WHERE state IN ('placing', 'unrouted');

-- Sensitive publics (child welfare, disability, refugee) apart from everything else.
CREATE TABLE sensitive_publics (
    request_id uuid NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    public     text NOT NULL,
    PRIMARY KEY (request_id, public)
);

-- Each time a request was sent to an association, why, and what became of it.
CREATE TABLE routings (
    request_id  uuid        NOT NULL REFERENCES requests (id),
    turn        int         NOT NULL,
    association text        NOT NULL,
    score       float       NOT NULL,
    reasons     text[]      NOT NULL,
    routed_at   timestamptz NOT NULL,
    outcome     text        CHECK (outcome IN ('confirmed', 'declined', 'silent')),
    declined_for text,
    settled_at  timestamptz,
    PRIMARY KEY (request_id, turn)
);

-- Fingerprints of links; the tokens themselves are derived when a message is written.
CREATE TABLE links (
    fingerprint bytea       PRIMARY KEY,
    purpose     text        NOT NULL,
    subject     text        NOT NULL,
    expires_at  timestamptz NOT NULL,
    opened_at   timestamptz,
    used_at     timestamptz
);
CREATE INDEX links_of_subject ON links (purpose, subject);

-- What a page showed right after a form was sent: the same for new and known people.
CREATE TABLE receipts (
    id         uuid        PRIMARY KEY,
    side       text        NOT NULL,
    guardian   boolean     NOT NULL,
    created_at timestamptz NOT NULL
);

-- How far each pair has come, as the facts tell it, in whatever order they arrive.
CREATE TABLE pairs (
    pair_id       uuid        PRIMARY KEY,
    request_id    uuid,
    mentor_id     uuid,
    association   text,
    proposed_at   timestamptz,
    confirmed_at  timestamptz,
    introduced_at timestamptz,
    met_at        timestamptz,
    renewed_at    timestamptz,
    term          int         NOT NULL DEFAULT 1,
    ended_at      timestamptz,
    end_reason    text
);
CREATE INDEX pairs_of_request ON pairs (request_id);
CREATE INDEX pairs_of_mentor ON pairs (mentor_id);

CREATE TABLE partners (
    name       text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{1,30}$'),
    key_hash   bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE idempotent_answers (
    partner     text        NOT NULL REFERENCES partners (name),
    key_hash    bytea       NOT NULL,
    body_hash   bytea       NOT NULL,
    side        text        NOT NULL,
    subject     uuid        NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (partner, key_hash)
);

-- Registrations that were turned away: door, partner and reasons, nothing of the person.
CREATE TABLE refusals (
    id         bigserial   PRIMARY KEY,
    refused_at timestamptz NOT NULL,
    door       text        NOT NULL,
    partner    text,
    side       text        NOT NULL,
    reasons    text[]      NOT NULL
);

-- Who saw whose identity, when and why. Rows are only ever added; the retention job, which
-- announces itself, may take old ones away.
CREATE TABLE ledger (
    id        bigserial   PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor     text        NOT NULL,
    person_id uuid        NOT NULL,
    what      text        NOT NULL,
    reason    text        NOT NULL
);
CREATE INDEX ledger_of_person ON ledger (person_id, at);

CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('binome.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the access ledger is append-only';
END $$;

CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_stays();
