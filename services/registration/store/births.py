"""What follows from a birth date in rows that are not sealed."""

from uuid import UUID

from services.registration.domain.request_states import OPEN
from shared.persistence.batch import Connection


class Births:
    """Ages, birth years and minority."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def correct(self, person_id: UUID, age: int, year: int, minority: str | None) -> None:
        """Of a young person's open requests, or of what a mentor offers: only a mentor under 18
        has a birth year there."""
        await self._connection.execute(
            "UPDATE requests SET age = $2, minority = $4,"
            " criteria = jsonb_set(criteria, '{birth_year}', to_jsonb($3::int))"
            " WHERE mentee_id = $1 AND state = ANY($5)",
            person_id,
            age,
            year,
            minority,
            list(OPEN),
        )
        await self._connection.execute(
            "UPDATE mentors SET criteria = CASE WHEN $3 THEN"
            " jsonb_set(criteria, '{birth_year}', to_jsonb($2::int))"
            " ELSE criteria - 'birth_year' END WHERE id = $1",
            person_id,
            year,
            minority is not None,
        )
