-- A request leaves an association because somebody who acts for it is the young person or the
-- guardian, as it seems from a contact.

ALTER TABLE routings DROP CONSTRAINT routings_outcome_check;
ALTER TABLE routings ADD CONSTRAINT routings_outcome_check
    CHECK (outcome IN ('confirmed', 'declined', 'silent', 'gone', 'own_contact'));
