"""For how many days what is kept: data that the data-protection officer sets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files


@dataclass(frozen=True)
class Retention:
    """Days, each counted from the last thing that happened.

    `unconfirmed`: a child's registration that no guardian confirmed. `ended`: a young person all of
    whose requests are over. `inactive`: a mentor without a pair, or a young person of whom nothing
    came. `raw_intake`: receipts of forms and hashes of what partners sent (what came in is
    kept nowhere else). `technical`: expired links and counts of refusals. `ledger`: who looked.
    """

    unconfirmed: int
    ended: int
    inactive: int
    raw_intake: int
    technical: int
    ledger: int


def read_retention(data: Mapping[str, object]) -> Retention:
    """From plain data. Raises ValueError unless every rule is a whole number of days, 1 or more."""
    names = [field.name for field in fields(Retention)]
    days = {name: value for name, value in data.items() if isinstance(value, int) and value >= 1}
    if sorted(data) != sorted(names) or len(days) != len(names):
        raise ValueError(f"retention: a number of days for each of {', '.join(names)}")
    return Retention(**days)


def default_retention() -> Retention:
    """The days of `retention.json`."""
    text = files(__package__).joinpath("retention.json").read_text(encoding="utf-8")
    return read_retention(json.loads(text))
