"""The pages of registration, all usable without JavaScript."""

from services.registration.pages import (
    arrival,
    association,
    birth,
    consent,
    contact,
    doubts,
    entrance,
    lost_contact,
    mentors,
    own_data,
    parent,
    proving,
    tracking,
)

ROUTERS = (
    entrance.router,
    tracking.router,
    own_data.router,
    proving.router,
    consent.router,
    parent.router,
    arrival.router,
    contact.router,
    lost_contact.router,
    birth.router,
    doubts.router,
    association.router,
    mentors.router,
)
