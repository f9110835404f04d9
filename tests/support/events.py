"""Events that a service has published, by kind: what a test reads from its outbox."""

from collections.abc import Iterable
from typing import TypeVar

from shared.contracts.events import Event

E = TypeVar("E", bound=Event)


def pick_events(kind: type[E], events: Iterable[Event]) -> list[E]:
    """Those of a kind, in their order."""
    return [event for event in events if isinstance(event, kind)]


def pick_event(kind: type[E], events: Iterable[Event]) -> E:
    """The only one of a kind. Raises ValueError when there is none, or more than one."""
    (found,) = pick_events(kind, events)
    return found
