"""One group of registrations through a pipeline, followed from its publisher to its last mail."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.bench.own_servers import helper
from deploy.bench.pipeline.mails import Mail, MailReader
from deploy.bench.pipeline.offers import Offer, Published
from deploy.bench.registrants import Group
from deploy.devstack.logfile import end_of

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 120.0
"""Nothing came for so long: nothing more will. Longer than notification's lease on a message."""
ACKNOWLEDGEMENTS = frozenset(["mentee_registered", "mentor_registered"])
TAKEN_IN_CHARGE = "request_confirmed"


class PublisherFailed(RuntimeError):
    """The publisher ended without a result."""


@dataclass(frozen=True)
class Route:
    """What a publisher needs to know: `BENCH_…` variables, and where its files lie. `task`: the
    Celery task that a message calls; none: its body is the registration."""

    folder: Path
    amqp_url: str
    exchange: str
    routing_key: str
    task: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """This process's, and where to publish."""
        return os.environ | {
            "BENCH_AMQP_URL": self.amqp_url,
            "BENCH_EXCHANGE": self.exchange,
            "BENCH_ROUTING_KEY": self.routing_key,
            "BENCH_TASK": self.task,
        }


@dataclass
class Received:
    """The mails of one group so far, each counted once; `duplicates` came again. `expected`: mails
    of the whole group; mentors get their acknowledgement only."""

    group: Group
    mails_each: int
    first: dict[tuple[str, str], Mail] = field(default_factory=dict)
    duplicates: int = 0

    def __post_init__(self) -> None:
        numbers = range(self.group.people)
        self._addresses = {self.group.address(n): n for n in numbers}
        mentees = sum(self.group.side(n) == "mentee" for n in numbers)
        self.expected = len(numbers) + (self.mails_each - 1) * mentees

    def add(self, mail: Mail) -> None:
        """Count a mail, if it is to one of the group."""
        if mail.recipient not in self._addresses:
            return
        key = (mail.recipient, mail.template)
        if key in self.first:
            self.duplicates += 1
        else:
            self.first[key] = mail

    @property
    def acknowledgements(self) -> dict[int, Mail]:
        """By number, the acknowledgement of each person who got one."""
        return {
            self._addresses[address]: mail
            for (address, template), mail in self.first.items()
            if template in ACKNOWLEDGEMENTS
        }

    @property
    def last(self) -> float:
        """When the latest mail came; 0 while there is none."""
        return max((mail.at for mail in self.first.values()), default=0.0)


@dataclass(frozen=True)
class Outcome:
    """What became of a group."""

    published: Published
    received: Received


def send_group(
    offer: Offer,
    route: Route,
    mails: MailReader,
    received: Received,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Publish a group and wait for its mails, or until none came for `PATIENCE_SECONDS`.

    `on_progress` hears the number of mails about ten times a second.
    Raises PublisherFailed.
    """
    request, result = route.folder / "offer.json", route.folder / "published.json"
    result.unlink(missing_ok=True)
    offer.write(request)
    command = [sys.executable, "-m", "deploy.bench.pipeline.publisher", str(request), str(result)]
    log = route.folder / "logs" / "publisher.log"
    with helper(command, log, route.environment) as publisher:
        last_progress = time.monotonic()
        while len(received.first) < received.expected or not result.exists():
            if new := mails.read():
                last_progress = time.monotonic()
                for mail in new:
                    received.add(mail)
                on_progress(len(received.first))
            if publisher.alive():
                last_progress = time.monotonic()
            elif not result.exists():
                raise PublisherFailed(end_of(log))
            if time.monotonic() - last_progress > PATIENCE_SECONDS:
                break
            time.sleep(POLL_SECONDS)
    return Outcome(Published.read(result), received)
