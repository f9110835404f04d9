-- Ids by which outsiders name their letters, each with the hash of the body that came under it:
-- another body under a used id is refused. Kept as long as receipts.
CREATE TABLE letter_ids (
    queue text NOT NULL,
    letter_id uuid NOT NULL,
    body_hash bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (queue, letter_id)
);
CREATE INDEX letter_ids_received ON letter_ids (received_at);
