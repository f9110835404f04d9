"""The pages of registration, all usable without JavaScript."""

from services.registration.pages import (
    arrival,
    association,
    consent,
    doubts,
    entrance,
    mentors,
    tracking,
)

ROUTERS = (
    entrance.router,
    tracking.router,
    consent.router,
    arrival.router,
    doubts.router,
    association.router,
    mentors.router,
)
