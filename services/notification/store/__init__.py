"""All SQL of notification: messages, introductions, what was stopped, who was erased."""

from services.notification.store.erasures import Erasures
from services.notification.store.holding import HeldMessages, SmsDays
from services.notification.store.introductions import Introduction, Introductions
from services.notification.store.messages import OUTSTANDING, SET_ASIDE, Messages
from services.notification.store.new_messages import WAKE_CHANNEL
from services.notification.store.stops import Stops

__all__ = [
    "OUTSTANDING",
    "SET_ASIDE",
    "WAKE_CHANNEL",
    "Erasures",
    "HeldMessages",
    "Introduction",
    "Introductions",
    "Messages",
    "SmsDays",
    "Stops",
]
