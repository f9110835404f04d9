"""Puts young people and mentors together: the best round there is, with its proof.

Subscribes to `request.confirmed` (a request waits in the pool of its programme),
`mentor.registered` and `engagement.ended` (a place is free again, the pair is never made twice).
Keeps rounds as jobs in PostgreSQL, verifies each with code of its own, and publishes
`pair.proposed`, `pair.confirmed` and, for those without a mentor yet, `request.explained`. Where a
programme asks both sides first, `answer.asked` comes between the two, and `pair.released` where
one of them does not want to, or stays silent. `/rounds` shows how rounds went; `/selection` and
`/proposition` take the choices of people.
"""
