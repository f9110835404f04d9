"""All SQL of notification: messages, introductions, what was stopped, who was erased."""

from services.notification.store.erasures import Erasures
from services.notification.store.introductions import Introduction, Introductions
from services.notification.store.messages import OUTSTANDING, WAKE_CHANNEL, Messages
from services.notification.store.stops import Stops

__all__ = [
    "OUTSTANDING",
    "WAKE_CHANNEL",
    "Erasures",
    "Introduction",
    "Introductions",
    "Messages",
    "Stops",
]
