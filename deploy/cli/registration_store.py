"""Transactions in registration's store, for the commands that act on it without a broker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.registration.settings import IntakeSettings
from shared.persistence.database import open_pool
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import load
from shared.web.signed_links import LinkSigner


@asynccontextmanager
async def registration_transaction() -> AsyncIterator[Transaction]:
    """One transaction; what it publishes leaves by registration's own relay."""
    settings = load(IntakeSettings, "registration")
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    links = LinkSigner(settings.secret_key.get_secret_value(), {})
    pool = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        async with TransactionFactory("registration", pool, clock, links).begin() as tx:
            yield tx
    finally:
        await pool.close()
