"""Fingerprints of what a round was given: the same content, the same 64 digits.

They are taken over parsed values, so the order of rows and columns, the encoding and the way a
date is written do not change them.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import Policy
from services.matching.domain.round import RoundInput


def inputs_sha256(given: RoundInput) -> str:
    """The fingerprint of people, associations and past pairs (not of the day nor the policy)."""
    return _digest(
        {
            "mentees": _by_id(given.mentees),
            "mentors": _by_id(given.mentors),
            "associations": _by_id(given.associations),
            "past": sorted(given.past),
        }
    )


def policy_sha256(policy: Policy) -> str:
    """The fingerprint of a policy, its version included."""
    return _digest(asdict(policy))


def _by_id(people: Iterable[Mentee | Mentor | Association]) -> list[dict[str, Any]]:
    return [vars(person) for person in sorted(people, key=lambda person: person.id)]


def _digest(content: object) -> str:
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, default=_plain)
    return sha256(written.encode("ascii")).hexdigest()


def _plain(value: object) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(f"no fingerprint for {type(value).__name__}")
