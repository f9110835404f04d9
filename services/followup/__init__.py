"""Follow-up: asks every pair how it goes, calls a human when it does not, and ends or renews.

Listens to `pair.introduced` (an engagement of three months starts) and `message.failed`. Asks both
sides at day 7 whether they have met and at months 1, 2 and 3 how it goes (`checkin.asked`); they
answer in one tap on `/suivi/{token}`. Publishes `meeting.confirmed`, `alert.raised`,
`engagement.renewed` and `engagement.ended`. Coordinators work their alerts off on `/coordination`.
"""
