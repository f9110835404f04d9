-- A mentor of 16 or 17 meets nobody before their guardian is told, or consents where that is asked.

ALTER TABLE mentors ADD COLUMN awaits_guardian boolean NOT NULL DEFAULT false;
ALTER TABLE mentors ADD COLUMN guardian_consented_at timestamptz;

-- 'consent': a guardian's consent is asked, and no message of ours reaches them.
ALTER TABLE guardian_checks DROP CONSTRAINT guardian_checks_kind_check;
ALTER TABLE guardian_checks ADD CONSTRAINT guardian_checks_kind_check
    CHECK (kind IN ('confirm', 'inform', 'consent'));
