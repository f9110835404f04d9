"""How often something may happen: limits over a sliding window, shared by all replicas.

The counts stand in PostgreSQL (`migrations/0005_limits.sql`), under keyed hashes. A window is cut
into 60 slices, so a use is forgotten between one window and one window and a sixtieth later; no
window ever holds more uses than the limit.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from shared.persistence.batch import Connection, PlainConnection, share_statement
from shared.persistence.columns import columns

MINUTE = 60.0
HOUR = 3600.0
DAY = 24 * HOUR
SLICES = 60
"""As in the migration: how finely a window slides."""
_USE_LIMITS = "SELECT * FROM use_limits_of_many($1, $2, $3, $4, $5, $6)"
_PREFIXES = {4: 24, 6: 56}
"""What one household, school or provider's customer is given, at the least."""


@dataclass(frozen=True)
class Limit:
    """At most `most` uses of one key within any window of `seconds`."""

    rule: str
    most: int
    seconds: float


@dataclass(frozen=True)
class Use:
    """One use of a limit by whatever the key stands for."""

    limit: Limit
    key: bytes


class LimitKeys:
    """Keyed hashes of what is limited, under the secret that all services share."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"binome-limits:" + secret.encode()).digest()

    def key(self, kind: str, text: str) -> bytes:
        """16 bytes that say nothing of an address, a number or a network without the secret."""
        return hmac.digest(self._key, f"{kind}:{text}".encode(), "sha256")[:16]

    def use(self, limit: Limit, kind: str, text: str) -> Use:
        """A use of a limit by what `text` names."""
        return Use(limit, self.key(kind, text))


async def use_limits(connection: Connection, uses: Iterable[Use], now: datetime) -> datetime | None:
    """Count one use of each limit, or of none when one of them has no room left.

    Returns None when all were counted, else the instant at which all of them have room again.
    Uses of the same key wait for each other until this transaction ends.
    """
    return await _use_all(connection, (list(dict.fromkeys(uses)), now))


@share_statement
async def _use_all(
    connection: PlainConnection, asked: Sequence[tuple[list[Use], datetime]]
) -> Sequence[datetime | None]:
    rows = [
        (number, use.limit.rule, use.key, use.limit.most, use.limit.seconds, now)
        for number, (uses, now) in enumerate(asked)
        for use in uses
    ]
    if not rows:
        return [None] * len(asked)
    found = await connection.fetch(
        "SELECT * FROM use_limits_of_many($1, $2, $3, $4, $5, $6)", *columns(rows)
    )
    free_at = {row["number"]: row["free_at"] for row in found}
    return [free_at.get(number) for number in range(len(asked))]


async def limits_free_at(
    connection: Connection, uses: Iterable[Use], now: datetime
) -> datetime | None:
    """When all of these limits have room again; None: now. Nothing is counted."""
    asked = list(dict.fromkeys(uses))
    free_at: datetime | None = await connection.fetchval(
        "SELECT max(free_at) FROM limits_reached($1, $2, $3, $4, $5)",
        [use.limit.rule for use in asked],
        [use.key for use in asked],
        [use.limit.most for use in asked],
        [use.limit.seconds for use in asked],
        now,
    )
    return free_at


def network_of(address: str) -> str:
    """The network of a client's address: its /24 (IPv4) or its /56 (IPv6).

    An address that is none (a socket's path, a broken header) is its own network.
    """
    ip = _ip(address)
    if ip is None:
        return address
    return str(ip_network((ip, _PREFIXES[ip.version]), strict=False))


def _ip(address: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
