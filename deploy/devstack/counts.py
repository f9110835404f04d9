"""What a running service counts of its rows, read from its `/metrics`."""

import re
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

Counts = dict[str, int]
"""Kind → how many; those that are 0 included."""

_LINE = re.compile(
    r'^binome_[a-z]+_(unowned|set_aside)_items\{kind="([a-z_]+)"\} ([0-9.e+]+)$', re.MULTILINE
)
_OPENER = build_opener(ProxyHandler({}))
SECONDS = 10


def counts(url: str) -> tuple[Counts, Counts]:
    """What is open without a next action, and what was set aside; empty where nobody answers."""
    try:
        with _OPENER.open(f"{url}/metrics", timeout=SECONDS) as answer:
            return counts_in(answer.read().decode())
    except (URLError, OSError):
        return {}, {}


def counts_in(metrics: str) -> tuple[Counts, Counts]:
    """Both counts in Prometheus' text."""
    counts_of: dict[str, Counts] = {"unowned": {}, "set_aside": {}}
    for noun, kind, number in _LINE.findall(metrics):
        counts_of[noun][kind] = int(float(number))
    return counts_of["unowned"], counts_of["set_aside"]
