"""What a person's data says, in the form that a page shows: messages, check-ins, who looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SERVICES = ("registration", "matching", "notification", "followup")
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Look:
    """Somebody saw something: `actor` is a word or an association's code."""

    at: datetime
    actor: str
    association: str | None
    person: str | None
    what: str


@dataclass(frozen=True)
class OwnDataSummary:
    """Dates and codes of what happened, each list in the order of time."""

    requests: Sequence[Mapping[str, Any]]
    pairs: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, Any]]
    looks: Sequence[Look]


def read_look(row: Mapping[str, Any]) -> Look:
    """A row of the ledger. `association:<code>` and `<name>@<code>` name an association."""
    actor = str(row["actor"])
    kind, _, code = actor.partition(":")
    person = None
    if "@" in actor:
        person, _, code = actor.partition("@")
        kind = "association"
    return Look(
        at=datetime.fromisoformat(row["at"]),
        actor=kind,
        association=code or None,
        person=person,
        what=str(row["what"]).partition(":")[0],
    )


def sort_by_time(rows: Sequence[Mapping[str, Any]], *fields: str) -> list[dict[str, Any]]:
    """The rows with these fields as instants, in the order of the first."""
    read = [dict(row) | {name: _instant(row.get(name)) for name in fields} for row in rows]
    return sorted(read, key=lambda row: str(row[fields[0]]))


def receipts_of(receipts: Mapping[str, str]) -> Mapping[str, datetime | None]:
    """Service → when it was done there; None: told, and its answer is waited for."""
    return {
        name: datetime.fromisoformat(receipts[name]) if name in receipts else None
        for name in SERVICES
        if name != "registration"
    }


def summarise(
    tables: Tables, others: Mapping[str, Tables], looks: Sequence[Mapping[str, Any]]
) -> OwnDataSummary:
    """What the page shows of all that is held."""
    followup, notification = others.get("followup", {}), others.get("notification", {})
    return OwnDataSummary(
        requests=sort_by_time(
            tables.get("requests", ()), "registered_at", "routed_at", "closed_at"
        ),
        pairs=sort_by_time(tables.get("pairs", ()), "proposed_at", "introduced_at", "ended_at"),
        messages=sort_by_time(notification.get("messages", ()), "intended_at", "settled_at"),
        answers=sort_by_time(followup.get("checkins", ()), "asked_at", "answered_at"),
        looks=[read_look(row) for row in looks],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
