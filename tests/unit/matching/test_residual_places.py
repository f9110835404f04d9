"""A newcomer's best place is the one that the domain's gates and score, tried one by one, find."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.gates import closed_gates
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair, RoundResult
from services.matching.domain.score import components_of, score_of
from services.matching.engine.residual_places import ResidualPlaces
from services.matching.engine.solve import solve
from tests.unit.matching.people import AT, MENTEE, MENTOR, Draw, a_round
from tests.unit.matching.reference import permitted_pairs


def remaining_round(given: RoundInput, made: list[Pair]) -> RoundInput:
    """The same round with what these pairs leave: places of mentors, room of associations."""
    home = {mentor.id: mentor.association for mentor in given.mentors}
    taken = Counter(pair.mentor_id for pair in made)
    used = Counter(home[pair.mentor_id] for pair in made)
    mentors = [replace(one, capacity=one.capacity - taken[one.id]) for one in given.mentors]
    capped = [
        replace(one, round_cap=None if one.round_cap is None else one.round_cap - used[one.id])
        for one in given.associations
    ]
    return replace(given, mentors=tuple(mentors), associations=tuple(capped))


def best_by_trying(
    left: RoundInput, prices: NamedDuals, mentee: Mentee, met: set[str]
) -> Pair | None:
    """The best place by looking at every mentor with the domain's own rules."""
    newcomer = replace(mentee, avoid=mentee.avoid | met)
    fitting = [one for one in left.mentors if not closed_gates(newcomer, one, left.terms)]
    fitting = [one for one in fitting if left.caps.get(one.association or "", 1) >= 1]
    if not fitting:
        return None

    def rank(mentor: Mentor) -> tuple[float, str]:
        score = score_of(components_of(mentee, mentor, left.at), left.policy.weights)
        shared = prices.associations.get(mentor.association or "", 0.0)
        return -(score - (prices.mentors.get(mentor.id, 0.0) + shared)), mentor.id

    best = min(fitting, key=rank)
    components = components_of(mentee, best, left.at)
    return Pair(mentee.id, best.id, score_of(components, left.policy.weights), components)


def solve_and_draw(seed: int) -> tuple[RoundInput, RoundResult, list[Mentee]]:
    """A round, its answer, and people who come afterwards, some from unknown communes."""
    draw = Draw(seed)
    given = draw.round(20, 40)
    newcomers = [draw.mentee(f"j{n}") for n in range(60, 80)]
    newcomers[:3] = [
        replace(newcomers[0], association="unheard_of"),
        replace(newcomers[1], commune="69999", department="69"),
        replace(newcomers[2], languages=frozenset({"fr", "zu"})),
    ]
    return given, solve(given), newcomers


@pytest.mark.parametrize("seed", range(7000, 7025))
def test_the_best_place_is_the_one_found_by_trying_all(seed: int) -> None:
    given, result, newcomers = solve_and_draw(seed)
    prices = result.certificate.score.prices
    # Prices of a small round are mostly 0 where a place is open: these tell mentors apart.
    odd = NamedDuals({m.id: (n % 5) / 10 for n, m in enumerate(given.mentors)}, {"a1": 0.15})
    for each in (prices, odd):
        made = list(result.pairs)
        places = ResidualPlaces(remaining_round(given, made), each)
        for number, mentee in enumerate(newcomers):
            met = {f"m{number}"}
            wanted = best_by_trying(remaining_round(given, made), each, mentee, met)
            assert places.best_place(mentee, given.at, met) == wanted, f"seed {seed}"
            if wanted is not None:
                places.take(wanted.mentor_id)
                made.append(wanted)


@pytest.mark.parametrize("seed", range(7100, 7120))
def test_no_place_left_open_is_one_that_somebody_who_waits_could_have(seed: int) -> None:
    given, result, _ = solve_and_draw(seed)
    if given.policy.objective == "score":
        return
    paired = {pair.mentee_id for pair in result.pairs}
    places = ResidualPlaces(
        remaining_round(given, list(result.pairs)), result.certificate.score.prices
    )
    for mentee in given.mentees:
        if mentee.id not in paired:
            assert places.best_place(mentee, given.at) is None, f"seed {seed}"


@pytest.mark.parametrize("seed", range(7200, 7210))
def test_a_newcomer_costs_nobody_a_pair(seed: int) -> None:
    """The round and the newcomer's pair together make as many pairs as a round with all of them
    could, wherever the newcomer got a place."""
    given, result, newcomers = solve_and_draw(seed)
    given = replace(given, policy=replace(given.policy, objective="most_pairs", floors=()))
    result = solve(given)
    places = ResidualPlaces(
        remaining_round(given, list(result.pairs)), result.certificate.score.prices
    )
    for mentee in newcomers:
        if places.best_place(mentee, given.at) is not None:
            together = solve(replace(given, mentees=(*given.mentees, mentee)))
            assert len(together.pairs) == len(result.pairs) + 1, f"seed {seed}"


def test_a_place_is_given_once_and_may_be_given_back() -> None:
    places = ResidualPlaces(a_round((), [replace(MENTOR, capacity=1)]), NamedDuals())
    assert places.best_place(MENTEE, AT) is not None
    places.take("m1")
    assert places.best_place(MENTEE, AT) is None
    places.give_back("m1")
    assert places.best_place(MENTEE, AT) is not None
    places.close("m1")
    assert places.best_place(MENTEE, AT) is None


def test_an_association_without_room_gives_nothing() -> None:
    mentors = [replace(MENTOR, id=f"m{n}", association="a1") for n in range(3)]
    mentors.append(replace(MENTOR, id="m9", department="01", commune=None))
    places = ResidualPlaces(a_round((), mentors), NamedDuals())
    found = []
    for room in (2, 1, 0):
        places.limit({"a1": room, "unheard_of": 5})
        pair = places.best_place(MENTEE, AT)
        found.append(pair and pair.mentor_id)
    assert found == ["m0", "m0", "m9"]


def test_the_day_decides_who_is_of_age_and_how_long_they_wait() -> None:
    mentors = [replace(MENTOR, cleared=False)]
    young = replace(MENTEE, born=AT.replace(year=AT.year - 18) + timedelta(days=1))
    places = ResidualPlaces(a_round((), mentors), NamedDuals())
    assert places.best_place(young, AT) is None
    pair = places.best_place(young, AT + timedelta(days=1))
    assert pair is not None
    assert pair.components.waiting == 13 / 30


def test_nobody_left_gives_nobody() -> None:
    assert ResidualPlaces(a_round((), ()), NamedDuals()).best_place(MENTEE, AT) is None


def test_rounds_drawn_here_leave_places_that_somebody_takes() -> None:
    """The tests above see something: newcomers with and without a place."""
    given, _, newcomers = solve_and_draw(7000)
    some = permitted_pairs(replace(given, mentees=tuple(newcomers)))
    assert 0 < len({mentee for mentee, _ in some}) <= len(newcomers)
