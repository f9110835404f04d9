"""Numbers in the address of a page: whoever mistypes one gets the page all the same."""


def number(text: str | None, default: int, most: int = 1_000_000) -> int:
    """A number from 1 to `most` in plain digits; `default` for anything else."""
    if text is None or len(text) > 9 or not (text.isascii() and text.isdigit()):
        return default
    return min(max(int(text), 1), most)
