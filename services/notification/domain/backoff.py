"""How long to wait before a message that could not leave is tried again."""

from datetime import timedelta

LONGEST_SECONDS = 4 * 3600.0


def delay(setbacks: int, first: float, limit: int) -> float | None:
    """Real seconds before the next try after `setbacks` failures: `first`, then thrice as long
    each time, at most four hours. None: enough tries.
    """
    if setbacks >= limit:
        return None
    return min(first * 3.0 ** (setbacks - 1), LONGEST_SECONDS)


LONGEST_WAIT = timedelta(hours=3)
"""Real time until registration has the events of a pair; its own retries end after 1 h 20."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=0.2), timedelta(minutes=5)


def pause_for_pair(waited: timedelta) -> timedelta | None:
    """How long to wait before asking again about a pair; None when it has been long enough."""
    if waited > LONGEST_WAIT:
        return None
    return min(max(waited / 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
