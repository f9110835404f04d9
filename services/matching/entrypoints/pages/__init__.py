"""The pages of matching: how the rounds went, where an establishment chooses, and where both sides
of a pair are asked."""

from services.matching.entrypoints.pages import proposition, rounds, selection

ROUTERS = (rounds.router, selection.router, proposition.router)
