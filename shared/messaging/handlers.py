"""How handlers of one batch of messages go together."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Key = Callable[[Any], Hashable]
H = TypeVar("H", bound=Callable[..., Any])
_KEY = "ordering_key"


def handle_together(key: Key) -> Callable[[H], H]:
    """A handler of which several may run side by side in one transaction, sharing statements.

    `key` gives what a message is about: messages with the same key are handled one after the other,
    in order. A handler that reads what another one writes about something else names that by
    `lock_in_batch`.
    """

    def decorate(handler: H) -> H:
        setattr(handler, _KEY, key)
        return handler

    return decorate


def ordering_key(handler: Callable[..., Any]) -> Key | None:
    """What a handler's messages are ordered by; None: they are handled one after the other."""
    key: Key | None = getattr(handler, _KEY, None)
    return key
