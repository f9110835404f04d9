"""The doors of matching: how the rounds went, and where an establishment chooses."""

from services.matching.pages import rounds, selection

ROUTERS = (rounds.router, selection.router)
