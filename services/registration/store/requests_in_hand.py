"""How many requests each association has in hand: kept, so that nothing is counted at a form.

Each statement that changes requests adds its difference as rows
(`migrations/0042_association_loads.sql`), so that no transaction waits for another one;
`merge_counts` makes one row of them from time to time.
"""

from collections import Counter

from shared.persistence.batch import Connection, PlainConnection, read_once


@read_once
async def count_in_hand(connection: PlainConnection) -> Counter[str]:
    """Requests by association."""
    rows = await connection.fetch(
        "SELECT association, sum(difference)::int AS n FROM association_loads GROUP BY association"
    )
    return Counter({row["association"]: row["n"] for row in rows})


async def merge_counts(connection: Connection) -> None:
    """One row for each association again; two who do it at once take different rows."""
    await connection.execute(
        "WITH taken AS (DELETE FROM association_loads RETURNING association, difference)"
        " INSERT INTO association_loads (association, difference)"
        " SELECT association, sum(difference) FROM taken GROUP BY association"
    )
