"""How long to wait before a message that could not leave is tried again."""

LONGEST_SECONDS = 4 * 3600.0


def pause(setbacks: int, first: float, limit: int) -> float | None:
    """Real seconds before the next try after `setbacks` failures: `first`, then thrice as long
    each time, at most four hours. None: enough tries.
    """
    if setbacks >= limit:
        return None
    return min(first * 3.0 ** (setbacks - 1), LONGEST_SECONDS)
