"""The common look with this service's own pages, and figures as its readers write them."""

from collections.abc import Sequence
from pathlib import Path

from services.matching.domain.failures import why_failed, why_set_aside
from shared.contracts.types import Lang
from shared.web import pages

_LEAST_SHARE = 5e-7
"""What rounds to 0.0001%."""

TEMPLATES = pages(Path(__file__).parent / "templates")

NARROW_SPACE = "\u202f"
UNBREAKABLE_SPACE = "\u00a0"


def figure(value: float, digits: int, lang: Lang) -> str:
    """`1 204,50` in French, `1,204.50` in English."""
    written = f"{value:,.{digits}f}"
    if lang == "en":
        return written
    return written.replace(",", NARROW_SPACE).replace(".", ",")


def share(value: float, lang: Lang) -> str:
    """A share in per cent with four decimals, and plainly 0 where they would all be zeros."""
    written = figure(100 * value, 4, lang) if value >= _LEAST_SHARE else "0"
    return f"{written}%" if lang == "en" else f"{written}{UNBREAKABLE_SPACE}%"


def failure(reason: str | None, lang: Lang) -> str:
    """Why a round failed."""
    return why_failed(reason)[lang == "en"]


def describe_blocks(reasons: Sequence[str], lang: Lang) -> str:
    """Why a row is set aside."""
    return ", ".join(why_set_aside(reason)[lang == "en"] for reason in reasons)


TEMPLATES.env.globals |= {
    "figure": figure,
    "share": share,
    "failure": failure,
    "blocked": describe_blocks,
}
