"""The pages of follow-up: one-tap answers for the pair, a work queue for coordinators."""

from services.followup.entrypoints.pages import checkin, coordination

ROUTERS = (checkin.router, coordination.router)
