"""A TCP proxy before a server: shut, its port refuses; frozen, it passes nothing on; or open."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

from deploy.devstack.ports import free_port


class Gate:
    """Stands before the server of a URL; `url` is the way through it. Shut at first."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self.port = free_port()
        account = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(parts._replace(netloc=f"{account}@127.0.0.1:{self.port}"))
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._thawed = asyncio.Event()
        self._thawed.set()

    async def open(self) -> None:
        """Let everybody through."""
        self._thawed.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._link, "127.0.0.1", self.port)

    async def shut(self) -> None:
        """Cut who is connected, refuse who comes."""
        self._thawed.set()
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def freeze(self) -> None:
        """Connections stay open and pass nothing on, as in a network that drops packets."""
        self._thawed.clear()

    async def _link(self, inward: asyncio.StreamReader, outward: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                await asyncio.gather(self._carry(inward, writer), self._carry(reader, outward))
            finally:
                writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # cut, by us or by one of the two ends
        finally:
            self._links.discard(task)
            outward.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._thawed.wait()
            writer.write(data)
            await writer.drain()
        writer.close()
