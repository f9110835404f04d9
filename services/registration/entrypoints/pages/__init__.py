"""The pages of registration, all usable without JavaScript."""

from services.registration.entrypoints.pages import (
    association,
    birth,
    checked_birth,
    consent,
    contact,
    doubts,
    guardian,
    lost_contact,
    mentors,
    own_data,
    prove_address,
    registration_forms,
    sign_in,
    tracking,
)

ROUTERS = (
    registration_forms.router,
    tracking.router,
    own_data.router,
    prove_address.router,
    consent.router,
    guardian.router,
    sign_in.router,
    contact.router,
    lost_contact.router,
    birth.router,
    checked_birth.router,
    doubts.router,
    association.router,
    mentors.router,
)
