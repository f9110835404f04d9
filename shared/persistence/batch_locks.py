"""Locks between handlers that share one transaction, first come, first served."""

import asyncio
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class _Request:
    owner: object
    keys: frozenset[Hashable]
    granted: asyncio.Future[None]


class BatchLocks:
    """Keys and who holds them. An owner may ask again for what it holds."""

    def __init__(self) -> None:
        self._owners: dict[Hashable, object] = {}
        self._held: dict[object, list[Hashable]] = {}
        self._requests: list[_Request] = []

    def request(self, owner: object, keys: Collection[Hashable]) -> asyncio.Future[None] | None:
        """None: all keys are the owner's now. Else what is resolved once they are."""
        wanted = frozenset(key for key in keys if self._owners.get(key) is not owner)
        request = _Request(owner, wanted, asyncio.get_running_loop().create_future())
        if self._is_free(request, self._requests):
            self._grant(request)
            return None
        self._requests.append(request)
        return request.granted

    def release(self, owner: object) -> list[asyncio.Future[None]]:
        """Let go of all that an owner holds; the requests that are granted by it."""
        for key in self._held.pop(owner, ()):
            del self._owners[key]
        return [request.granted for request in self._iter_grantable()]

    def _iter_grantable(self) -> Iterator[_Request]:
        waiting: list[_Request] = []
        for request in self._requests:
            if self._is_free(request, waiting):
                self._grant(request)
                yield request
            else:
                waiting.append(request)
        self._requests = waiting

    def _is_free(self, request: _Request, earlier: Collection[_Request]) -> bool:
        is_held = not request.keys.isdisjoint(self._owners)
        return not is_held and all(request.keys.isdisjoint(other.keys) for other in earlier)

    def _grant(self, request: _Request) -> None:
        self._owners |= dict.fromkeys(request.keys, request.owner)
        self._held.setdefault(request.owner, []).extend(request.keys)
