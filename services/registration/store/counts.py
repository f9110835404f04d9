"""Figures for the operator, counted from what is kept."""

from services.registration.domain.request_states import STATES
from shared.persistence.batch import Connection


class Counts:
    """Small closed sets of labels, never a person or a partner."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def requests(self) -> list[tuple[str, int]]:
        """Each state with its number of requests; zero is a figure too."""
        rows = await self._connection.fetch(
            "SELECT state, count(*) AS n FROM requests GROUP BY state"
        )
        counts = {row["state"]: row["n"] for row in rows}
        return [(state, counts.get(state, 0)) for state in STATES]

    async def refusals(self) -> list[tuple[str, str, int]]:
        """Entrypoint, kind (`refused` or `unknown_partner`) and how many were turned away."""
        rows = await self._connection.fetch(
            "SELECT door, CASE reasons[1] WHEN 'partner.unknown' THEN 'unknown_partner'"
            " ELSE 'refused' END AS kind, count(*) AS n"
            " FROM refusals GROUP BY 1, 2"
        )
        return [(row["door"], row["kind"], row["n"]) for row in rows]
