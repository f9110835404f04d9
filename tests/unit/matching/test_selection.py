"""What is offered to a group against every choice there could be."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.matching.domain.people import Association, Mentor
from services.matching.domain.policy import Policy
from services.matching.domain.round_input import RoundInput
from services.matching.engine.feasible_choices import ChoiceSet
from tests.unit.matching.people import MENTEE, MENTOR, Draw, a_round
from tests.unit.matching.reference import permitted_pairs

Pair = tuple[str, str]


def choices_of_all(given: RoundInput) -> Iterator[frozenset[Pair]]:
    """Every set of pairs that capacities and caps allow."""
    scores = permitted_pairs(given)
    places = {mentor.id: mentor.capacity for mentor in given.mentors}
    caps, of = dict(given.caps), {mentor.id: mentor.association for mentor in given.mentors}

    def go(left: tuple[str, ...], made: frozenset[Pair]) -> Iterator[frozenset[Pair]]:
        if not left:
            yield made
            return
        yield from go(left[1:], made)
        for pupil, mentor in scores:
            association = of[mentor] or ""
            if pupil == left[0] and places[mentor] and caps.get(association, 1):
                places[mentor] -= 1
                caps[association] = caps.get(association, 99) - 1
                yield from go(left[1:], made | {(pupil, mentor)})
                caps[association] += 1
                places[mentor] += 1

    return go(tuple(mentee.id for mentee in given.mentees), frozenset())


def extendable(given: RoundInput) -> tuple[int, set[Pair]]:
    """The most pupils, and every pair of a choice that serves so many."""
    every = list(choices_of_all(given))
    most = max(map(len, every))
    return most, {pair for made in every if len(made) == most for pair in made}


def list_offered(given: RoundInput, most: int = 99) -> set[Pair]:
    return {
        (choices.mentee_id, offer.mentor_id)
        for choices in ChoiceSet(given).choices(most)
        for offer in choices.offers
    }


@pytest.mark.parametrize("block", range(8))
def test_exactly_the_pairs_that_leave_everybody_servable(block: int) -> None:
    tight = 0
    for seed in range(block * 30, block * 30 + 30):
        given = replace(Draw(5000 + seed).round(6, 5), policy=Policy())
        most, pairs = extendable(given)
        group = ChoiceSet(given)
        assert group.servable == most, f"seed {seed}"
        assert list_offered(given) == pairs, f"seed {seed}"
        tight += pairs != set(permitted_pairs(given))
    assert tight, "in no draw did a choice cost anybody a place"


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_chosen_in_turn_everybody_gets_somebody(seed: int) -> None:
    """The promise of the page: choose from what is shown, again and again."""
    drawn, given = random.Random(seed), replace(Draw(7000 + seed).round(12, 9), policy=Policy())
    servable, served = ChoiceSet(given).servable, 0
    while open_ := [one for one in ChoiceSet(given).choices(2) if one.offers]:
        choices = drawn.choice(open_)
        offer = drawn.choice(choices.offers)
        given, served = without(given, choices.mentee_id, offer.mentor_id), served + 1
    assert served == servable, f"seed {seed}"


def without(given: RoundInput, pupil: str, mentor_id: str) -> RoundInput:
    """What is left once a pair was made."""
    mentors = tuple(
        replace(one, capacity=one.capacity - 1) if one.id == mentor_id else one
        for one in given.mentors
    )
    of = {mentor.id: mentor.association for mentor in given.mentors}
    associations = tuple(
        replace(one, round_cap=one.round_cap - 1)
        if one.id == of[mentor_id] and one.round_cap is not None
        else one
        for one in given.associations
    )
    mentees = tuple(one for one in given.mentees if one.id != pupil)
    return replace(given, mentees=mentees, mentors=mentors, associations=associations)


def mentors(*names: str, **changes: object) -> list[Mentor]:
    return [replace(MENTOR, id=name, **changes) for name in names]  # type: ignore[arg-type]  # fields of a mentor


def test_who_has_one_mentor_only_keeps_that_mentor() -> None:
    """The other could have either, but is not offered what the first needs."""
    bound = replace(MENTEE, id="j1", remote=False)
    free = replace(MENTEE, id="j2")
    near, far = mentors("m1"), mentors("m2", department="75", commune=None)
    given = a_round([bound, free], near + far)
    assert list_offered(given) == {("j1", "m1"), ("j2", "m2")}
    assert ChoiceSet(given).check("j2", "m1") is None
    assert ChoiceSet(given).check("j2", "m2") is not None
    assert ChoiceSet(given).check("j9", "m2") is None


def test_the_best_come_first_and_no_more_than_asked() -> None:
    given = a_round([MENTEE], [*mentors("m2", "m3", commune=None, department="01"), *mentors("m1")])
    (choices,) = ChoiceSet(given).choices(2)
    assert [offer.mentor_id for offer in choices.offers] == ["m1", "m2"]
    assert choices.offers[0].score > choices.offers[1].score
    assert choices.fitting == 3


def test_a_cap_holds_for_all_mentors_of_an_association() -> None:
    pupils = [replace(MENTEE, id=f"j{n}", association=None) for n in range(3)]
    given = a_round(
        pupils,
        mentors("m1", "m2", "m3", association="a"),
        associations=(Association("a", 2),),
    )
    group = ChoiceSet(given)
    assert group.servable == 2
    assert all(len(choices.offers) == 3 for choices in group.choices(9)), "any two of them"


def test_nobody_and_nothing() -> None:
    assert ChoiceSet(a_round([], [])).choices(3) == ()
    (alone,) = ChoiceSet(a_round([MENTEE], [])).choices(3)
    assert (alone.offers, alone.fitting) == ((), 0)
