-- A pair may end because one of the two left.

ALTER TABLE engagements DROP CONSTRAINT engagements_end_reason_check;
ALTER TABLE engagements ADD CONSTRAINT engagements_end_reason_check
    CHECK (end_reason IN ('completed', 'not_going_well', 'silent', 'left'));
