"""What a round is given. Plain data that crosses a process border."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import DEFAULT_POLICY, Policy


class RoundUnsolved(Exception):
    """A round could not be decided; str() says why, in French. Nothing of it exists."""


@dataclass(frozen=True)
class Terms:
    """What a round is held under: its day, its policy, and the pairs made before.

    `past` holds (mentee id, mentor id).
    """

    at: date
    policy: Policy = DEFAULT_POLICY
    past: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class RoundInput:
    """The people of one pool on the day `at` (in Paris).

    Ids are unique on each side. An association that is not listed has no cap. `past` holds
    (mentee id, mentor id), never to be made again. The order of nothing matters, but that of the
    policy's floors.
    """

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    at: date
    associations: tuple[Association, ...] = ()
    past: frozenset[tuple[str, str]] = frozenset()
    policy: Policy = DEFAULT_POLICY

    @property
    def terms(self) -> Terms:
        """What every pair of the round is judged under."""
        return Terms(self.at, self.policy, self.past)

    @property
    def caps(self) -> Mapping[str, int]:
        """Association → most new pairs, for those that have a cap."""
        return {a.id: a.round_cap for a in self.associations if a.round_cap is not None}
