"""`binome parked`: look at what was set aside, send it home again, or let it go.

Only names, reasons and ids are shown unless a body is asked for: events hold no personal data.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import aio_pika
import typer
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aiormq.exceptions import ChannelNotFoundEntity
from rich.console import Console
from rich.table import Table

from deploy.services import installed_services
from shared.messaging.connection import open_connection
from shared.messaging.envelope import ATTEMPT, ORIGIN, REASON
from shared.messaging.names import parked_queue as parked_name
from shared.messaging.names import parking_exchange, return_exchange
from shared.messaging.routes import UNPERMITTED
from shared.service.settings import BrokerSettings, load

parked = typer.Typer(no_args_is_help=True, help="Messages mis de côté, avec leur raison.")
Queue = Annotated[
    str, typer.Argument(help="File d'origine, par exemple matching.mentor.registered")
]
Ids = Annotated[list[str] | None, typer.Argument(help="Identifiants ; tous par défaut.")]
Fits = Callable[[str, AbstractIncomingMessage], bool]
AsJson = Annotated[bool, typer.Option("--json", help="Pour les programmes.")]


@parked.command("list")
def list_(as_json: AsJson = False) -> None:
    """Combien de messages sont mis de côté, par file."""
    counts = asyncio.run(count_parked())
    if as_json:
        typer.echo(json.dumps(counts))
        return
    table = Table("File", "Mis de côté")
    for queue, count in counts.items():
        if count:
            table.add_row(queue, str(count))
    Console().print(table if any(counts.values()) else "Rien n'est mis de côté.")


@parked.command()
def show(queue: Queue, body: Annotated[bool, typer.Option("--body")] = False) -> None:
    """Les messages d'une file avec leur raison ; ils restent où ils sont."""
    for message in asyncio.run(_each(queue, None, _leave_in_queue)):
        typer.echo(json.dumps(message if body else {**message, "body": None}, ensure_ascii=False))


@parked.command()
def replay(queue: Queue, ids: Ids = None) -> None:
    """Renvoie des messages dans leur file, comme s'ils arrivaient pour la première fois."""
    replayed = asyncio.run(_each(queue, ids, _replay, _may_go_home))
    typer.echo(f"{len(replayed)} message(s) rejoué(s)")
    if left := asyncio.run(_count_left(queue, ids)):
        typer.echo(f"{left} message(s) jamais rejoué(s) : ils ne viennent d'aucun service.")


@parked.command()
def discard(queue: Queue, ids: Ids = None) -> None:
    """Écarte des messages pour toujours."""
    typer.echo(f"{len(asyncio.run(_each(queue, ids, _discard)))} message(s) écarté(s)")


async def count_parked() -> dict[str, int]:
    """Number of parked messages by the queue they came from."""
    async with _channel() as channel:
        return {
            queue: (await _declare(channel, queue)).declaration_result.message_count or 0
            for service in installed_services()
            for queue in service.working_queues()
        }


@asynccontextmanager
async def _channel() -> AsyncIterator[AbstractChannel]:
    url = load(BrokerSettings, "broker").amqp_url.get_secret_value()
    async with await open_connection(url) as connection:
        # A replayed message that finds no queue must not count as replayed.
        yield await connection.channel(on_return_raises=True)


async def _declare(channel: AbstractChannel, queue: str) -> Any:
    try:
        return await channel.declare_queue(parked_name(queue), passive=True)
    except ChannelNotFoundEntity:
        raise LookupError(f"Aucune file {parked_name(queue)} : voir binome parked list") from None


async def _count_left(queue: str, ids: list[str] | None) -> int:
    return len(
        await _each(queue, ids, _leave_in_queue, lambda queue, x: not _may_go_home(queue, x))
    )


def _may_go_home(queue: str, message: AbstractIncomingMessage) -> bool:
    """Whether its own service, or the broker for it, set it aside: what somebody put there, or
    sent past the exchanges where rights are checked, would become an event by being replayed."""
    if message.headers.get(REASON) == UNPERMITTED:
        return False
    by_service = message.exchange == parking_exchange(queue.partition(".")[0])
    return by_service or any(death["queue"] == queue for death in _deaths(message))


def _any(_: str, __: AbstractIncomingMessage) -> bool:
    return True


async def _each(
    queue: str, ids: list[str] | None, act: Any, fits: Fits = _any
) -> list[dict[str, Any]]:
    async with _channel() as channel:
        home = await _declare(channel, queue)
        messages = await _take_all(home)
        named = [x for x in messages if not ids or str(x.headers.get("ce-id")) in ids]
        chosen = [x for x in named if fits(queue, x)]
        for message in messages:
            if message not in chosen:
                await message.nack(requeue=True)
        for message in chosen:
            await act(channel, queue, message)
        return [_describe(message) for message in chosen]


async def _take_all(home: AbstractQueue) -> list[AbstractIncomingMessage]:
    """All that wait there now; they go back when the channel closes."""
    messages = []
    for _ in range(home.declaration_result.message_count or 0):
        message = await home.get(fail=False)
        if message is not None:
            messages.append(message)
    return messages


def _describe(message: AbstractIncomingMessage) -> dict[str, Any]:
    return {
        "id": str(message.headers.get("ce-id")),
        "type": str(message.headers.get("ce-type")),
        "time": str(message.headers.get("ce-time")),
        "reason": str(message.headers.get(REASON) or _brokers_reason(message)),
        "body": message.body.decode(errors="replace"),
    }


async def _leave_in_queue(_: AbstractChannel, __: str, message: AbstractIncomingMessage) -> None:
    await message.nack(requeue=True)


async def _replay(channel: AbstractChannel, queue: str, message: AbstractIncomingMessage) -> None:
    again = aio_pika.Message(
        message.body,
        headers=_as_sent(message),
        content_type=message.content_type,
        message_id=message.message_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    solver = await channel.get_exchange(return_exchange(queue.partition(".")[0]), ensure=False)
    await solver.publish(again, queue, mandatory=True)
    await message.ack()


def _as_sent(message: AbstractIncomingMessage) -> dict[str, Any]:
    """The headers of its first arrival, and the routing key of it, which a replay would lose."""
    gone = {ATTEMPT, REASON}
    headers = {k: v for k, v in message.headers.items() if k not in gone and not k.startswith("x-")}
    for death in _deaths(message)[-1:]:
        headers.setdefault(ORIGIN, str(death["routing-keys"][0]))
    return headers


def _brokers_reason(message: AbstractIncomingMessage) -> str:
    """A service that died on it could not say why; the broker set it aside and counted."""
    return ", ".join(f"{x['reason']} in {x['queue']}" for x in _deaths(message)[:1])


def _deaths(message: AbstractIncomingMessage) -> list[dict[str, Any]]:
    deaths: Any = message.headers.get("x-death") or []
    return list(deaths)


async def _discard(_: AbstractChannel, __: str, message: AbstractIncomingMessage) -> None:
    await message.ack()
