"""What registration keeps about one person, for themselves to see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.types import Side
from shared.persistence.batch import Connection
from shared.persistence.held_rows import rows_about

# A doubt names two registrations: shown to one, it would tell that the other is known. So would
# the reason why a second registration is over.
_NOT_SHOWN = ("ledger", "doubts")
_HIDDEN = ("held", "same_as", "arrival", "newcomer_id")

_FIND = """
SELECT id, side FROM persons WHERE id = $1
UNION ALL SELECT mentee_id, 'mentee' FROM requests WHERE id = $1 LIMIT 1
"""


@dataclass(frozen=True)
class Subject:
    """Somebody, by the id of the person or of a request of theirs."""

    person_id: UUID
    side: Side


class OwnData:
    """Reads only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, subject: UUID) -> Subject | None:
        """Whose id this is: a person's, or a request's."""
        row = await self._connection.fetchrow(_FIND, subject)
        return Subject(*row) if row else None

    async def with_contact(self, digest: bytes) -> list[Subject]:
        """Those who gave a contact, as theirs or their guardian's, by its keyed hash."""
        rows = await self._connection.fetch(
            "SELECT DISTINCT person_id, side FROM marks WHERE digest = $1 ORDER BY side, person_id",
            digest,
        )
        return [Subject(row["person_id"], row["side"]) for row in rows]

    async def ids_of(self, person_id: UUID) -> list[UUID]:
        """The person's id and those of their requests."""
        rows = await self._connection.fetch(
            "SELECT id FROM requests WHERE mentee_id = $1 ORDER BY registered_at, id", person_id
        )
        return [person_id, *(row["id"] for row in rows)]

    async def tables(self, ids: list[UUID]) -> dict[str, list[dict[str, Any]]]:
        """Every row about these ids but who looked, by table."""
        tables = await rows_about(self._connection, ids, _NOT_SHOWN, _HIDDEN)
        for request in tables.get("requests", ()):
            request["state"] = "closed" if request["state"] == "duplicate" else request["state"]
        return tables

    async def looks(self, person_id: UUID) -> list[dict[str, Any]]:
        """Who saw what of this person, when and why, the latest first."""
        rows = await self._connection.fetch(
            "SELECT to_jsonb(l) - 'id' - 'person_id' AS row FROM ledger l WHERE person_id = $1"
            " ORDER BY at DESC, id DESC",
            person_id,
        )
        return [row["row"] for row in rows]
