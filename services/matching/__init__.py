"""Puts young people and mentors together: the best round there is, with its proof.

Listens to `request.confirmed` (a request waits in the pool of its programme), `mentor.registered`
and `engagement.ended` (a place is free again, the pair is never made twice). Holds rounds as jobs
in PostgreSQL, checks each on its own, and emits `pair.proposed`, `pair.confirmed` and, for those
without a mentor yet, `request.explained`. `/rounds` shows how they went.
"""
