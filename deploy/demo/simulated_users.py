"""The people of the demonstration read their mails and follow the links, as people do.

What each would answer is drawn from a generator seeded with the mail's own id, so that a mail
read twice is answered alike and the order of arrival changes nothing.
"""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import httpx

from deploy.demo.browser import Browser
from deploy.demo.coordinator import Coordinator
from deploy.demo.inbox import Inbox, Received

LOOK_SECONDS = 0.1
HASTE_SECONDS = 0.6
"""People answer within most of a simulated day."""
SILENT = 0.05
VISIT_SECONDS = 6.0
"""Real time after which somebody of an association looks by themselves, without a mail."""
AT_ONCE = 12
DECLARED = {
    "guardian_first_name": "Claude",
    "guardian_last_name": "Moltamsar",
    "guardian_bond": "mother",
    "authority": "yes",
}
"""What every parent here writes with their consent."""

_NO_AUTHORITIES = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
"""Reading the list of authorities costs 30 ms a browser, and all here is plain loopback."""

Answer = Callable[[Received, random.Random], Awaitable[None]]


class SimulatedUsers:
    """Everybody behind the mailbox: young people, mentors, parents and coordinators."""

    def __init__(self, inbox: Inbox, associations_url: str) -> None:
        self.done: Counter[str] = Counter()
        self._inbox = inbox
        self._associations_url = associations_url
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []
        self._answers: dict[str, Answer] = {
            "consent_asked": self._consent,
            "consent_reminder": self._consent,
            "request_routed": self._ask_to_sign_in,
            "doubt_raised": self._ask_to_sign_in,
            "clearance_asked": self._ask_to_sign_in,
            "guardian_to_confirm": self._ask_to_sign_in,
            "signin_link": self._work_through_requests,
            "mentee_registered": self._open_tracking_page,
            "checkin_first_meeting": self._say_whether_they_met,
            "checkin_month": self._say_how_it_goes,
            "checkin_renewal": self._choose_what_comes_next,
        }

    async def run(self) -> None:
        """Read and answer until cancelled."""
        while True:
            for mail in await self._inbox.new_mails():
                self.done["messages"] += 1
                if mail.template in self._answers:
                    task = asyncio.create_task(self._take(mail))
                    self._tasks.add(task)
                    task.add_done_callback(self._put_down)
            await asyncio.sleep(LOOK_SECONDS)

    async def keep_looking(self, addresses: Sequence[str]) -> None:
        """People of associations look by themselves too, until cancelled: nobody writes to them of
        a mentor who came by the page and has to be checked."""
        while True:
            await asyncio.sleep(VISIT_SECONDS)
            for address in addresses:
                with suppress(httpx.TransportError):  # away: they come again
                    await self._ask_for_link(address)

    def raise_what_went_wrong(self) -> None:
        """Raise the first thing that somebody met and no patience helped against."""
        for failure in self._failures:
            raise failure

    def _put_down(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            self._failures.append(failure)

    @property
    def busy(self) -> int:
        """Mails in hand."""
        return len(self._tasks)

    async def _take(self, mail: Received) -> None:
        rng = random.Random(mail.message_id)
        await asyncio.sleep(rng.random() * HASTE_SECONDS)
        for _ in range(60):
            try:
                async with self._hands:
                    await self._answers[mail.template](mail, rng)
            except httpx.TransportError:  # the service is away: people try again a little later
                await asyncio.sleep(0.5)
            else:
                self.done[mail.template] += 1
                return
        raise TimeoutError(f"nobody answered the door for {mail.template}")

    async def _open_tracking_page(self, mail: Received, _: random.Random) -> None:
        async with _browser() as browser:
            page, _forms = await browser.open(link(mail, "/demande/"))
            page.raise_for_status()

    async def _consent(self, mail: Received, _: random.Random) -> None:
        async with _browser() as browser:
            page, forms = await browser.open(link(mail, "/consentement/"))
            if forms:  # none: it is given already
                await browser.send(page, forms[0], DECLARED)

    async def _ask_to_sign_in(self, mail: Received, _: random.Random) -> None:
        await self._ask_for_link(own_address(mail.to))

    async def _ask_for_link(self, address: str) -> None:
        async with _browser() as browser:
            page, forms = await browser.open(self._associations_url)
            if forms:  # none: the page is away, and somebody comes again
                await browser.send(page, forms[0], {"email": address})

    async def _work_through_requests(self, mail: Received, rng: random.Random) -> None:
        async with _browser() as browser:
            page, forms = await browser.open(link(mail, "/associations/entree/"))
            if forms:  # none: used already
                await browser.send(page, forms[0])
                await Coordinator(browser, self._associations_url, self.done, rng).work()

    async def _say_whether_they_met(self, mail: Received, rng: random.Random) -> None:
        answer = "yes" if rng.random() < 0.85 else "not_yet"
        await self._tap(mail, rng, {"answer": answer})

    async def _say_how_it_goes(self, mail: Received, rng: random.Random) -> None:
        answer = rng.choices(["well", "could_be_better", "not_well"], [85, 10, 5])[0]
        await self._tap(mail, rng, {"answer": answer})

    async def _choose_what_comes_next(self, mail: Received, rng: random.Random) -> None:
        answer = rng.choices(["renew", "longer", "close"], [85, 5, 10])[0]
        await self._tap(mail, rng, {"answer": answer, "mood": "well"})

    async def _tap(self, mail: Received, rng: random.Random, answers: dict[str, str]) -> None:
        if rng.random() < SILENT:
            return
        async with _browser() as browser:
            page, forms = await browser.open(link(mail, "/suivi/"))
            if forms and forms[0].has_button("answer", answers["answer"]):
                await browser.send(page, forms[0], answers)


def own_address(shared: str) -> str:
    """The own address of the person who reads the shared mailbox of an association."""
    return f"camille@{shared.rpartition('@')[2]}"


def link(mail: Received, path: str) -> str:
    """The mail's link to a page. Raises LookupError when it holds none."""
    for url in mail.links:
        if path in url:
            return url
    raise LookupError(f"no link to {path} in a message {mail.template}")


class _browser:  # noqa: N801 - reads as a context
    """A fresh browser for one errand."""

    async def __aenter__(self) -> Browser:
        self._client = httpx.AsyncClient(
            timeout=10, follow_redirects=True, trust_env=False, verify=_NO_AUTHORITIES
        )
        return Browser(self._client)

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
