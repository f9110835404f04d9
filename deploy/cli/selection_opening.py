"""A selection opened for the requests in a file."""

from uuid import UUID

from services.matching.settings import MatchingSettings
from services.matching.use_cases.select_mentors import open_selection
from shared.persistence.database import open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import SERVICES, load
from shared.spreadsheets import InvalidCell, Row, preview
from shared.web.signed_links import LinkSigner


async def open_in_store(association: str, ids: list[UUID], mentors: int, days: int) -> str:
    """Open the selection; the link for the establishment. Raises InvalidSelection."""
    settings = load(MatchingSettings, "matching")
    bases = {name: settings.base_url(name) for name in SERVICES}
    links = LinkSigner(settings.secret_key.get_secret_value(), bases)
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    pool = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        async with TransactionFactory("matching", pool, clock, links).begin() as tx:
            opened = await open_selection(association, ids, mentors, days, tx)
    finally:
        await pool.close()
    return links.url("selection", opened)


def request_of(row: Row) -> UUID:
    """The id of the request in a row."""
    return row.take("request_id", _uuid)


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw.strip())
    except ValueError:
        raise InvalidCell(f"« {preview(raw)} » n'est pas l'identifiant d'une demande.") from None
