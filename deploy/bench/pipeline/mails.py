"""The mails that the sink has noted, read while it notes more."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """A mail as it came. `at`: seconds of the machine's monotonic clock."""

    at: float
    recipient: str
    message_id: str
    template: str


class MailReader:
    """Reads on from where it stopped; a line that is not whole yet is read later."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._place = 0

    def read(self) -> list[Mail]:
        """Mails that were noted since the last call."""
        with self._file.open("rb") as file:
            file.seek(self._place)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._place += len(whole)
        return [_parse(line) for line in whole.decode().splitlines()]


def _parse(line: str) -> Mail:
    at, *rest = line.split("\t")
    return Mail(float(at), *rest)
