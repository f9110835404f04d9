"""What a command of registration's operator works with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.registration.settings import RegistrationSettings
from services.registration.use_cases.vault_provider import key_database
from shared.messaging.rpc import RpcClient
from shared.persistence.database import open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import load
from shared.web.signed_links import LinkSigner


@dataclass(frozen=True)
class Tools:
    """What a command works with."""

    transactions: TransactionFactory
    rpc_client: RpcClient


@asynccontextmanager
async def operator_tools() -> AsyncIterator[Tools]:
    """Transactions, and a client of the other services; closed at the end of the block."""
    settings = load(RegistrationSettings, "registration")
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    links = LinkSigner(settings.secret_key.get_secret_value(), {})
    pool = await open_pool(settings.database_url.get_secret_value(), size=2)
    rpc_client = RpcClient(settings.amqp_url.get_secret_value(), "operator asks")
    try:
        async with key_database():
            yield Tools(TransactionFactory("registration", pool, clock, links), rpc_client)
    finally:
        await rpc_client.close()
        await pool.close()
