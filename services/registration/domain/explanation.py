"""Why this mentor, or why none yet, in words for the young person who asks.

Matching sends codes and counts; the words stand in `explaining.json`, `fr` with *tu*, and `en`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from shared.contracts.vocabulary import label

_TOLERANCE = 1e-9
"""Of a component that went through JSON."""

_WORDS: dict[str, dict[str, str]] = json.loads(
    files(__package__).joinpath("explaining.json").read_text(encoding="utf-8")
)
_SLOTS_COUNTED = 3
_NEAR = ((1.0, "commune"), (0.7, "department"), (0.4, "region"))
"""What each value of the component `proximity` says."""


@dataclass(frozen=True)
class Explained:
    """Why a request has no mentor yet, as `request.explained` states it.

    `change`: what would open most further `mentors` (None and 0: nothing alone would).
    """

    kind: str
    gate: str | None
    permitted: int
    change: str | None
    mentors: int
    explained_at: datetime


def why_this_mentor(components: Mapping[str, float], lang: str) -> list[str]:
    """Up to four sentences, from the components of a pair, each in [0, 1]."""
    return [_WORDS[key][lang] for key in _reasons(components)]


def _reasons(components: Mapping[str, float]) -> Iterator[str]:
    needs, sectors = components.get("needs", 0.0), components.get("sectors", 0.0)
    if needs > 0:
        yield "needs_all" if needs >= 1 else "needs_part"
    if shared := round(components.get("slots", 0.0) * _SLOTS_COUNTED):
        yield f"slots_{min(shared, _SLOTS_COUNTED)}"
    near = components.get("proximity", 0.0)
    yield from (key for value, key in _NEAR if abs(near - value) < _TOLERANCE)
    if sectors > 0:
        yield "sectors_all" if sectors >= 1 else "sectors_part"


def why_not_yet(explained: Explained, lang: str) -> list[str]:
    """What stands in the way, and the one change that would open most mentors if there is one."""
    if explained.kind == "taken":
        entry = [_count_sentence("taken", explained.permitted, lang)]
    else:
        entry = [_WORDS[f"gate_{explained.gate or 'none'}"][lang]]
    if explained.change and explained.mentors:
        entry.append(_opening(explained.change, explained.mentors, lang))
    return entry


def _opening(change: str, mentors: int, lang: str) -> str:
    kind, _, code = change.partition(":")
    what = label(f"{kind}s", code, lang) if code else ""
    if lang == "fr":
        what = what.lower()
    return _WORDS[f"open_{kind}"][lang].format(
        what=what, more=_count_sentence("more", mentors, lang)
    )


def _count_sentence(key: str, count: int, lang: str) -> str:
    return _WORDS[f"{key}_{'one' if count == 1 else 'many'}"][lang].format(count=count)
