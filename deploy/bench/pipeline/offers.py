"""What a publisher was asked to offer, and when it did: files between it and the benchmark."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.bench.registrants import Group


@dataclass(frozen=True)
class Offer:
    """A group, and how many of it a second; None: as fast as the broker confirms."""

    group: Group
    rate: float | None = None

    def write(self, file: Path) -> None:
        """For the publisher's process."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Offer":
        """What `write` wrote."""
        content = json.loads(file.read_text(encoding="utf-8"))
        return cls(Group(**content["group"]), content["rate"])


@dataclass(frozen=True)
class Published:
    """When each of a group was offered, by number: seconds of the machine's monotonic clock.

    With a rate it is when each was due, so that a publisher that falls behind counts as waiting.
    `cpu`: seconds that publishing took; `unconfirmed`: how many the broker did not confirm.
    """

    offered: list[float]
    cpu: float
    unconfirmed: int

    def write(self, file: Path) -> None:
        """For the benchmark; written aside and renamed."""
        aside = file.with_suffix(".part")
        aside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        aside.replace(file)

    @classmethod
    def read(cls, file: Path) -> "Published":
        """What `write` wrote."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))
