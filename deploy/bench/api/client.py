"""Registers people by HTTP: `python -m deploy.bench.api.client REQUEST RESULT`.

As many connections as asked for are kept open; each sends the next registration once the last one
is answered (a closed loop). Plain HTTP/1.1 by hand: a client library would cost more than what is
measured. `BENCH_API_KEY` is the partner's key.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from deploy.bench.registrants import Group, registration


@dataclass(frozen=True)
class Load:
    """A group that registers at a URL, over `connections` at once."""

    group: Group
    url: str
    connections: int = 32

    def write(self, file: Path) -> None:
        """For the client's process."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Load":
        """What `write` wrote."""
        content = json.loads(file.read_text(encoding="utf-8"))
        return cls(**content | {"group": Group(**content["group"])})


@dataclass(frozen=True)
class Answers:
    """`waits`: seconds from each request to its answer, of those accepted; `refused`: answers
    that were not 202, by status; `seconds` from the first request to the last answer; `cpu`:
    seconds of the client itself."""

    waits: list[float]
    refused: dict[str, int]
    seconds: float
    cpu: float

    @classmethod
    def read(cls, file: Path) -> "Answers":
        """What the client wrote."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))


class Client:
    """Sends what is left of a group."""

    def __init__(self, load: Load, key: str) -> None:
        self._load = load
        parts = urlsplit(load.url)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._requests = iter([*self._build_requests(key)])
        self._waits: list[float] = []
        self._refused: dict[str, int] = {}

    async def send_all(self) -> Answers:
        """Returns when the last one is answered."""
        began, spent = time.monotonic(), time.process_time()
        await asyncio.gather(*(self._send_some() for _ in range(self._load.connections)))
        seconds, cpu = time.monotonic() - began, time.process_time() - spent
        return Answers(self._waits, self._refused, seconds, cpu)

    async def _send_some(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        for request in self._requests:
            began = time.monotonic()
            writer.write(request)
            status = await _read_status(reader)
            if status == HTTPStatus.ACCEPTED:
                self._waits.append(time.monotonic() - began)
            else:
                self._refused[str(status)] = self._refused.get(str(status), 0) + 1
        writer.close()
        await writer.wait_closed()

    def _build_requests(self, key: str) -> Iterator[bytes]:
        group = self._load.group
        for number in range(group.people):
            fields = {"kind": group.side(number), **registration(group, number)}
            body = json.dumps(fields).encode()
            head = (
                f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                f"Authorization: Bearer {key}\r\nIdempotency-Key: {group.name}-{number}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            yield head.encode() + body


async def _read_status(reader: asyncio.StreamReader) -> int:
    """Read one response whole; its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
    await reader.readexactly(int(headers["content-length"]))
    return int(first.split()[1])


if __name__ == "__main__":
    client = Client(Load.read(Path(sys.argv[1])), os.environ["BENCH_API_KEY"])
    answers = asyncio.run(client.send_all())
    Path(sys.argv[2]).write_text(json.dumps(asdict(answers)), encoding="utf-8")
