"""Who is 18 since: said once, of whoever is known and of whoever is heard of later."""

from uuid import UUID

from shared.persistence.database import Connection


async def lock_person(connection: Connection, person_id: UUID) -> None:
    """Whoever takes somebody in and whoever says something of them see each other."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(person_id)
    )


async def note_adult(connection: Connection, person_id: UUID) -> None:
    """Remember it, unless the person is gone."""
    await lock_person(connection, person_id)
    await connection.execute(
        "INSERT INTO adults (person_id) SELECT $1"
        " WHERE NOT EXISTS (SELECT FROM gone_people WHERE person_id = $1) ON CONFLICT DO NOTHING",
        person_id,
    )


async def forget_adult(connection: Connection, person_id: UUID) -> None:
    """The birth date was another: a minor after all."""
    await lock_person(connection, person_id)
    await connection.execute("DELETE FROM adults WHERE person_id = $1", person_id)


async def is_adult(connection: Connection, person_id: UUID) -> bool:
    """Whether it was said of this person."""
    return bool(
        await connection.fetchval("SELECT true FROM adults WHERE person_id = $1", person_id)
    )
