"""People who come one by one after a round: the best place it left open to each, on its prices.

The round is solved first and does not count: `seconds` are those of all newcomers together, each
packed, looked for among all mentors of the country, and their place taken.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from deploy.bench.matching.draws import Draws
from deploy.bench.matching.outcome import Outcome
from deploy.bench.matching.people import mentees_of
from services.matching.domain.people import Mentee
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair
from services.matching.engine.residual_places import ResidualPlaces
from services.matching.engine.solve import solve

NEWCOMERS = 3_000
SEED = 20_260_115
"""Of the newcomers: the country's own seed would draw its own young people again."""


def run(given: RoundInput, limit: float) -> Iterator[Outcome]:
    """One outcome."""
    start = time.perf_counter()
    result = solve(given, explain=False)
    solved = time.perf_counter()
    places = ResidualPlaces(residual_input(given, result.pairs), result.certificate.score.prices)
    packed = time.perf_counter()
    seconds, matched = _time_arrivals(places, newcomers(given), given)
    p50, p99 = np.percentile(seconds, (50, 99)) * 1_000
    yield Outcome(
        "arrival",
        seconds=float(np.sum(seconds)),
        steps={"round": round(solved - start, 4), "packing": round(packed - solved, 4)},
        figures={"p50_ms": p50, "p99_ms": p99, "newcomers": len(seconds), "found": matched},
    )


def newcomers(given: RoundInput) -> list[Mentee]:
    """Young people drawn like those of the country, who are not among them."""
    luck = np.random.Generator(np.random.PCG64(SEED))
    drawn = mentees_of(Draws(luck, NEWCOMERS), given.at)
    return [replace(one, id=f"new-{one.id}") for one in drawn]


def residual_input(given: RoundInput, made: Sequence[Pair]) -> RoundInput:
    """The places that mentors have left, and the pairs that associations may still make."""
    home = {mentor.id: mentor.association for mentor in given.mentors}
    taken = Counter(pair.mentor_id for pair in made)
    used = Counter(home[pair.mentor_id] for pair in made)
    mentors = (replace(one, capacity=one.capacity - taken[one.id]) for one in given.mentors)
    capped = (
        replace(one, round_cap=None if one.round_cap is None else one.round_cap - used[one.id])
        for one in given.associations
    )
    return replace(given, mentors=tuple(mentors), associations=tuple(capped))


def _time_arrivals(
    places: ResidualPlaces, people: Sequence[Mentee], given: RoundInput
) -> tuple[list[float], int]:
    """The seconds each of them waits for their place, and how many find one."""
    seconds, matched = [], 0
    for mentee in people:
        start = time.perf_counter()
        pair = places.best_place(mentee, given.at)
        if pair is not None:
            places.take(pair.mentor_id)
            matched += 1
        seconds.append(time.perf_counter() - start)
    return seconds, matched
