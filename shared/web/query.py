"""Numbers in the address of a page: whoever mistypes one gets the page all the same."""

_MOST_DIGITS = 9
"""More than any page is asked for, and no work to read."""


def number(text: str | None, default: int, most: int = 1_000_000) -> int:
    """A number from 1 to `most` in plain digits; `default` for anything else."""
    if text is None or len(text) > _MOST_DIGITS or not (text.isascii() and text.isdigit()):
        return default
    return min(max(int(text), 1), most)
