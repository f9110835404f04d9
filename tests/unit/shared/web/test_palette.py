"""Contrast of colours used for text (WCAG 1.4.3) and for edges of controls (1.4.11)."""

import re

import pytest

from shared.web.assets import FOLDER

SHEET = (FOLDER / "look" / "palette.css").read_text(encoding="utf-8")
LIGHT, DARK = SHEET.split("@media (prefers-color-scheme: dark)")

TEXT = [
    *[(ink, ground) for ink in ("ink", "quiet") for ground in ("paper", "surface", "sunk")],
    *[(ink, ground) for ink in ("one", "one-deep", "two-text") for ground in ("paper", "surface")],
    *[("ink", f"{tone}-tint") for tone in ("one", "two", "info", "good", "warn", "bad")],
    *[(tone, f"{tone}-tint") for tone in ("info", "good", "warn", "bad")],
    *[("bad", ground) for ground in ("paper", "surface", "sunk")],
    ("quiet", "one-tint"),
    ("quiet", "two-tint"),
    ("on-one", "one"),
    ("on-one", "one-deep"),
    ("on-block", "block"),
    ("on-block", "block-deep"),
]
EDGES = [
    *[("edge", ground) for ground in ("paper", "surface")],
    *[("focus", ground) for ground in ("paper", "surface", "sunk", "bad-tint", "one-tint")],
    *[("one", ground) for ground in ("paper", "surface")],
    ("two", "surface"),
]


def colours(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))


SCHEMES = {"light": colours(LIGHT), "dark": colours(LIGHT) | colours(DARK)}


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Ratio of WCAG 2: (lighter + 0.05) / (darker + 0.05)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(scheme: str, ink: str, ground: str) -> None:
    found = SCHEMES[scheme]
    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_are_seen(scheme: str, edge: str, ground: str) -> None:
    found = SCHEMES[scheme]
    assert contrast(found[edge], found[ground]) >= 3
