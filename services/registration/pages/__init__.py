"""The pages of registration, all usable without JavaScript."""

from services.registration.pages import arrival, association, consent, entrance, tracking

ROUTERS = (
    entrance.router,
    tracking.router,
    consent.router,
    arrival.router,
    association.router,
)
