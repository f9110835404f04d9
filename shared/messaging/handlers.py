"""How handlers of one batch of messages go together."""

from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeVar

Keys = Callable[[Any], Collection[Hashable]]
H = TypeVar("H", bound=Callable[..., Any])
_KEYS = "ordering_keys"


def handle_together(keys: Keys) -> Callable[[H], H]:
    """A handler of which several may run side by side in one transaction, sharing statements.

    `keys` gives what a message is about: of two that have a key in common, the one that came first
    is handled first, and the other after it. A handler that only learns on its way what it shares
    with others names that by `lock_in_batch`.
    """

    def decorate(handler: H) -> H:
        setattr(handler, _KEYS, keys)
        return handler

    return decorate


def ordering_keys(handler: Callable[..., Any]) -> Keys | None:
    """What a handler's messages are ordered by; None: they are handled one after the other."""
    keys: Keys | None = getattr(handler, _KEYS, None)
    return keys
