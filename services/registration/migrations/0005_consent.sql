-- A request may be over before its time: withdrawn by a guardian or by the young person, erased, or
-- found to be somebody's second one.

ALTER TABLE requests DROP CONSTRAINT requests_state_check;
ALTER TABLE requests ADD CONSTRAINT requests_state_check CHECK (state IN (
    'awaiting_consent', 'placing', 'routed', 'unrouted', 'confirmed', 'ended', 'consent_expired',
    'consent_refused', 'consent_withdrawn', 'withdrawn', 'erased', 'duplicate'));
