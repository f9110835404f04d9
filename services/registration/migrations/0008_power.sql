-- People of associations. Their own addresses are sealed under a key of their own, like contact
-- data; whoever leaves is deleted with it.
CREATE TABLE users (
    id             uuid        PRIMARY KEY,
    name           text        NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    association    text        NOT NULL,
    role           text        NOT NULL DEFAULT 'coordinator' CHECK (role IN ('coordinator')),
    wrapped_key    bytea       NOT NULL,
    sealed_address bytea       NOT NULL,
    address_digest bytea       NOT NULL,
    invited_at     timestamptz NOT NULL,
    UNIQUE (association, name)
);
CREATE INDEX users_by_address ON users (address_digest);
