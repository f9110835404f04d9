"""What anybody may send in place of a value: anything that a text, a JSON or a cell can hold."""

from typing import Any

from hypothesis import strategies as st

DEEP = 940
"""Lists in lists: JSON readers take it, and Python's `str` and `repr` do not."""


def deep(levels: int = DEEP) -> list[Any]:
    """A list in a list in a list, and so on."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(categories=("Nd", "No", "Nl"))),
    st.text(st.characters(categories=("Cs", "Cc", "Cf"))),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day.day}/{day.month}/{day.year}"),
    st.integers().map(str),
    st.emails(),
    st.sampled_from(
        [
            "9999-12-31T23:30Z",
            "0001-01-01",
            "0001-01-01T00:00+14:00",
            "9999",
            "0000",
            "2026-W01-1",
            "²",
            "٢٠٠٨",
            "0\x006",
            "\ud800",
            "=A1",
            "#REF!",
            "NaN",
            "1e999",
            "9" * 5000,
            "63998٠٠٠٠",
            "+3363998٠٠٠٠",
            "oui\x00",
            "\u202e",
            "a|" * 500,
        ]
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.builds(lambda: 10**5000),
    st.builds(lambda: -(10**5000)),
    st.floats(),
    TEXTS,
)
VALUES = st.one_of(
    SCALARS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=8,
    ),
    st.builds(deep),
    st.builds(lambda: {"a": deep()}),
)
