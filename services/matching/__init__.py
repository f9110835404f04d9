"""Puts young people and mentors together: the best round there is, with its proof.

Listens to requests taken charge of, mentors made active, answers to proposals and engagements
that end; emits `pair.proposed`, `pair.confirmed` and what becomes of them.
"""
