-- What came once stays once at every door: a page's form has a key as a partner's request has.
-- `partner` names who sent it: a partner, or `:form` and `:contact` for pages (no partner can be
-- called so). `receipt` is what a form was answered with.

ALTER TABLE idempotent_answers DROP CONSTRAINT idempotent_answers_partner_fkey;
ALTER TABLE idempotent_answers ADD COLUMN receipt uuid;
