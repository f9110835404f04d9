"""The channel by which each invented person registers: API, partner exchange, page or file."""

import asyncio
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import aio_pika
import httpx

from deploy.demo import invalid_entries
from deploy.demo.browser import Browser, PageForm
from deploy.demo.people import Person
from deploy.devstack.private import OWNER_FILE
from shared.messaging.connection import open_connection
from shared.messaging.names import PARTNERS_IN

PARTNER = "lycees-demo"
SHARES = {"api": 8, "exchange": 5, "page": 4, "file": 3}
AT_ONCE = 8
RETRY_SECONDS = 120
"""Tries, half a second apart, while an endpoint is unavailable."""
Channel = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
Done = TypeVar("Done")
_PAGES = {"mentee": "/inscription/jeune", "mentor": "/inscription/mentor"}


class RegistrationChannels:
    """The four channels of registration as outsiders know them."""

    def __init__(
        self, base_url: str, api_key: str, partner_url: str, environment: Mapping[str, str]
    ):
        self._base = base_url
        self._key = api_key
        self._partner_url = partner_url
        self._environment = environment

    async def register(self, people: Sequence[Person], folder: Path) -> None:
        """Everybody registers, by all channels at once, with the planted bad entries among them."""
        queues = _distribute(people)
        await asyncio.gather(
            self._each(self._by_api, [*queues["api"], *invalid_entries.REFUSED]),
            self._each(self._by_page, queues["page"]),
            self._by_exchange(queues["exchange"]),
            self._by_file(queues["file"], folder),
        )

    async def register_by_page(self, people: Sequence[Person]) -> None:
        """These register by the public page, once all others are in."""
        await self._each(self._by_page, people)

    async def _each(self, door: Channel, people: Sequence[Person]) -> None:
        hands = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(timeout=15, follow_redirects=True, trust_env=False) as client:

            async def come_in(person: Person) -> None:
                async with hands:
                    await door(client, person)

            await asyncio.gather(*(come_in(person) for person in people))

    async def _by_api(self, client: httpx.AsyncClient, person: Person) -> None:
        key = person.fields.get("email") or person.fields["phone"]

        async def post() -> None:
            answer = await client.post(
                f"{self._base}/api/v1/registrations",
                json={"kind": person.kind, **person.fields},
                headers={"Authorization": f"Bearer {self._key}", "Idempotency-Key": str(key)},
            )
            if answer.status_code not in {202, 409, 422}:
                raise httpx.TransportError(f"the API answered {answer.status_code}")

        await with_retries(post)

    async def _by_page(self, client: httpx.AsyncClient, person: Person) -> None:
        """Whoever reads no answer sends the same form again, with the key that stands in it."""
        browser = Browser(client)

        async def open_form() -> tuple[httpx.Response, PageForm]:
            page, forms = await browser.open(self._base + _PAGES[person.kind])
            page.raise_for_status()
            return page, forms[0]

        page, form = await with_retries(open_form)

        async def send() -> None:
            answer = await browser.send(page, form, _as_typed(person.fields))
            if answer.status_code == 422:
                raise LookupError(f"the page refused an invented {person.kind}")
            answer.raise_for_status()

        await with_retries(send)

    async def _by_exchange(self, people: Sequence[Person]) -> None:
        async with await open_connection(self._partner_url) as link:
            channel = await link.channel(publisher_confirms=True)
            exchange = await channel.get_exchange(PARTNERS_IN, ensure=False)
            for kind, body in [*_bodies(people), *invalid_entries.UNREADABLE_FOR_PARTNERS]:
                message = aio_pika.Message(
                    body,
                    headers={"ce-id": str(uuid4()), "ce-specversion": "1.0"},
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                )
                key = f"partner.{PARTNER}.{kind}.registered"
                await exchange.publish(message, key, mandatory=True)

    async def _by_file(self, people: Sequence[Person], folder: Path) -> None:
        for kind in ("mentee", "mentor"):
            file = folder / f"{kind}s.csv"
            write_sheet(
                file, [x.fields for x in people if x.kind == kind] + invalid_entries.ROWS[kind]
            )
            command = ("import", str(file), "--kind", f"{kind}s", "--campaign", "demo")
            report = str(folder / f"{kind}s-report.csv")
            await binome(self._environment, *command, "--report", report)


def _as_typed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a person would type and tick on the page."""
    year, month, day = fields["born"].split("-")
    born = {"born_day": day, "born_month": month, "born_year": year}
    remote = "yes" if fields["remote"] else "no"
    return {**fields, **born, "remote": remote, "consent": "yes"}


def _distribute(people: Sequence[Person]) -> dict[str, list[Person]]:
    turn = [door for door, share in SHARES.items() for _ in range(share)]
    queues: dict[str, list[Person]] = defaultdict(list)
    for n, person in enumerate(people):
        queues[turn[(n * 7) % len(turn)]].append(person)
    return queues


def _bodies(people: Sequence[Person]) -> list[tuple[str, bytes]]:
    return [(x.kind, json.dumps(x.fields, ensure_ascii=False).encode()) for x in people]


def write_sheet(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A sheet as French offices make them: semicolons, cp1252, `oui` and `non`."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file.touch(OWNER_FILE)
    with file.open("w", newline="", encoding="cp1252", errors="replace") as out:
        sheet = csv.writer(out, delimiter=";")
        sheet.writerow(columns)
        sheet.writerows([[_cell(row.get(name)) for name in columns] for row in rows])


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


async def with_retries(errand: Callable[[], Awaitable[Done]]) -> Done:
    """Try again while an endpoint is unavailable, as outsiders do. Raises the last error in the
    end."""
    for _ in range(RETRY_SECONDS):
        try:
            return await errand()
        except (httpx.TransportError, httpx.HTTPStatusError):
            await asyncio.sleep(0.5)
    return await errand()


async def binome(environment: Mapping[str, str], *arguments: str) -> str:
    """Run the command `binome` beside us; what it printed. Raises RuntimeError when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.cli.main",
        *arguments,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode not in {0, 3}:
        raise RuntimeError(f"binome {arguments[0]} failed: {err.decode()[-500:]}")
    return out.decode()
