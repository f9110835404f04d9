"""The doors of matching: how the rounds went."""

from services.matching.pages import rounds

ROUTERS = (rounds.router,)
