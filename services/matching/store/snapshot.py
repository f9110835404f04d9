"""A stored pool, read as the engine takes it: everything a round was held on, and no clock."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.matching.domain.people import FRENCH, Association, Mentee, Mentor, last_day_of
from services.matching.domain.policy import policy_from
from services.matching.domain.round_input import RoundInput
from shared.contracts.clearance import Clearance
from shared.contracts.types import PARIS


def round_input(inputs: str, policy: Mapping[str, Any], held_on: date) -> RoundInput:
    """A stored round as the engine takes it. The id of a mentee in it is that of the request."""
    pool = json.loads(inputs)
    return RoundInput(
        mentees=tuple(map(_mentee, pool["mentees"])),
        mentors=tuple(map(_mentor, pool["mentors"])),
        associations=tuple(Association(**entry) for entry in pool.get("associations", ())),
        past=frozenset((mentee, mentor) for mentee, mentor in pool["past"]),
        policy=policy_from(policy),
        at=held_on,
    )


def _mentee(entry: Mapping[str, Any]) -> Mentee:
    since = datetime.fromisoformat(entry["since"]).astimezone(PARIS).date()
    return Mentee(
        **_common_fields(entry),
        needs=frozenset(entry["needs"]),
        level=entry["level"],
        since=since,
        born=birth_date_of(entry),
        publics=frozenset(entry.get("publics", ())),
        avoid=frozenset(entry.get("avoid", ())),
    )


def _mentor(entry: Mapping[str, Any]) -> Mentor:
    return Mentor(
        **_common_fields(entry),
        offers=frozenset(entry["offers"]),
        levels=frozenset(entry["levels"]),
        capacity=entry["capacity"],
        cleared=clearance_of(entry),
        born=birth_date_of(entry),
    )


def birth_date_of(entry: Mapping[str, Any]) -> date | None:
    """The birth date that criteria stand for; None: an adult."""
    year = entry.get("birth_year")
    return last_day_of(year) if year else None


def clearance_of(entry: Mapping[str, Any]) -> Clearance:
    """A yes of before clearances had a last day holds on the day of its round."""
    cleared, until = entry.get("cleared", False), entry.get("cleared_until")
    return date.fromisoformat(until) if cleared and until else cleared


def _common_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "slots": frozenset(entry["slots"]),
        "department": entry["department"],
        "commune": entry.get("commune"),
        "languages": frozenset(entry.get("languages", FRENCH)),
        "sectors": frozenset(entry.get("sectors", ())),
        "remote": entry.get("remote", True),
        "association": entry["association"],
    }
