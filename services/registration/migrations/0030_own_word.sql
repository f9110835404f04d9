-- Whoever was known first may say that a later registration is theirs too. Where that alone proves
-- nothing it is kept for the association that decides.

ALTER TABLE doubts ADD COLUMN affirmed_at timestamptz;
