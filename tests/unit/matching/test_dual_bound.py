"""The bound of a proof's duals over all pairs equals that of a plain double loop."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import fsum
from typing import Any

import numpy as np
import pytest

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.engine.instance import pool_of
from services.matching.engine.solve import solve
from services.matching.engine.verification.bound_kernel import by_loop
from services.matching.engine.verification.certificate_check import ProofCheck
from services.matching.engine.verification.dual_bound import by_blocks, dual_bounds
from services.matching.engine.verification.stage_duals import (
    EVERY_PAIR,
    SCORE,
    StageDuals,
    dual_arrays_of,
)
from services.matching.gateways.languages import ISO_639_1
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SECTORS, SLOTS
from tests.unit.matching.people import Draw
from tests.unit.matching.reference import permitted_pairs

PUBLICS = ("qpv", "rep", "ase")
BORN = (None, date(2008, 1, 15), date(2008, 1, 16), date(2012, 2, 29))


BLOCKS, LOOP = 10**9, 0
"""Up to how many pairs blocks are done: both ways, whatever the size of the pool."""


def stages(given: RoundInput, seed: int) -> Iterator[StageDuals]:
    """Every kind of stage, at prices that could stand in a certificate."""
    luck = random.Random(seed)

    def prices(floors: dict[str, int], pairs: float) -> NamedDuals:
        return NamedDuals(
            {m.id: luck.uniform(0, 1.5) for m in given.mentors if luck.random() < 0.6},
            {name: luck.uniform(0, 0.5) for name in given.caps if luck.random() < 0.8},
            {name: luck.uniform(0, 0.5) for name in floors},
            pairs,
        )

    yield StageDuals(EVERY_PAIR, prices({}, 0.0))
    held: dict[str, int] = {}
    for public in PUBLICS:
        yield StageDuals(public, prices(held, luck.uniform(-1, 1)), 7, dict(held))
        held[public] = luck.randint(0, 5)
    yield StageDuals(SCORE, prices(held, luck.uniform(-1, 1)), 7, held)
    yield StageDuals(SCORE, prices({}, luck.uniform(-1, 1)), 7)


def plainly(given: RoundInput, stage: StageDuals) -> float:
    """The bound by its formula, one pair at a time, by the domain's own gates and score."""
    prices, left = stage.prices, {mentee.id: 0.0 for mentee in given.mentees}
    publics = {mentee.id: mentee.publics for mentee in given.mentees}
    own = {mentor.id: mentor for mentor in given.mentors}
    for (i, j), score in permitted_pairs(given).items():
        value = (
            score
            if stage.objective == SCORE
            else float(stage.objective in (EVERY_PAIR, *publics[i]))
        )
        shared = prices.associations.get(own[j].association or "", 0.0)
        cost = prices.mentors.get(j, 0.0) + shared
        credit = sum(price for public, price in prices.floors.items() if public in publics[i])
        left[i] = max(left[i], value - prices.pairs - cost + credit)
    places = [own[name].capacity * price for name, price in prices.mentors.items()]
    caps = [given.caps[name] * price for name, price in prices.associations.items()]
    floors = [-stage.floors[name] * price for name, price in prices.floors.items()]
    return fsum([prices.pairs * stage.pairs, *places, *caps, *floors, *left.values()])


def of_many_kinds(seed: int) -> RoundInput:
    """A drawn round, its words taken from the whole vocabulary: every level, territory and need,
    more languages than a machine word holds, people just of age, the least score or none."""
    luck, given = random.Random(seed), Draw(seed).round(60, 60)
    tongues = luck.sample(sorted(ISO_639_1), 90)
    places = luck.sample(DEPARTMENTS, 12)

    def some(words: Sequence[str], least: int, most: int) -> frozenset[str]:
        return frozenset(luck.sample(words, luck.randint(least, most)))

    def common() -> dict[str, Any]:
        department = luck.choice(places)
        return {
            "slots": some(SLOTS, 5, len(SLOTS)),
            "languages": some(tongues, 1, 25),
            "sectors": some(SECTORS, 0, len(SECTORS)),
            "department": department,
            "commune": luck.choice((None, f"{department}004"[:5])),
            "remote": luck.random() < 0.6,
        }

    mentees = [
        replace(
            mentee,
            **common(),
            needs=some(NEEDS, 1, len(NEEDS)),
            level=luck.choice(LEVELS),
            born=luck.choice(BORN),
        )
        for mentee in given.mentees
    ]
    mentors = [
        replace(mentor, **common(), offers=some(NEEDS, 1, 6), levels=some(LEVELS, 1, 5))
        for mentor in given.mentors
    ]
    policy = Policy("kinds", min_score=luck.choice((0.0, 0.45, 0.55)))
    return replace(given, mentees=tuple(mentees), mentors=tuple(mentors), policy=policy)


@pytest.mark.parametrize("few_pairs", [BLOCKS, LOOP])
@pytest.mark.parametrize("seed", range(5000, 5025))
def test_bounds_are_those_of_a_plain_double_loop_to_the_last_bit(seed: int, few_pairs: int) -> None:
    for given in (Draw(seed).round(40, 40), of_many_kinds(seed)):
        priced = list(stages(given, seed))
        found = dual_bounds(pool_of(given), priced, few_pairs)
        assert found == [plainly(given, stage) for stage in priced], f"seed {seed}"


def test_these_rounds_hold_what_they_are_meant_to() -> None:
    rounds = [of_many_kinds(seed) for seed in range(5000, 5025)]
    made = [len(permitted_pairs(given)) for given in rounds]
    assert sum(made) > 2000
    assert max(len(pool_of(given).languages) for given in rounds) > 64
    assert any(len(pool_of(given).kept_apart) for given in rounds)
    by_score = [replace(given, policy=Policy("kinds")) for given in rounds]
    assert sum(made) < sum(len(permitted_pairs(given)) for given in by_score)


def test_parts_and_threads_change_nothing() -> None:
    given = Draw(5100).round(1500, 300)
    pool = pool_of(given)
    arrays = [dual_arrays_of(pool, stage) for stage in stages(given, 5100)]
    whole = by_loop(pool, arrays)
    assert np.array_equal(by_loop(pool, arrays, rows_at_once=7), whole)
    assert np.array_equal(by_blocks(pool, arrays), whole)
    assert np.isfinite(whole).any()


@pytest.mark.parametrize("few_pairs", [BLOCKS, LOOP])
def test_nobody_permitted_leaves_nothing_whatever_the_credit(few_pairs: int) -> None:
    given = replace(Draw(5101).round(20, 20), mentors=())
    stage = StageDuals(SCORE, NamedDuals({}, {}, {"qpv": 3.0}, -2.0), 0, {"qpv": 0})
    assert dual_bounds(pool_of(given), [stage], few_pairs) == [0.0]


def test_the_loop_accepts_a_true_proof_and_refuses_a_cheapened_one() -> None:
    floors = (Floor("ase", Decimal("0.9")), Floor("qpv", Decimal("0.6")))
    given = replace(Draw(7).round(40, 25), policy=Policy("v1", floors=floors))
    result = solve(given)
    publics = {mentee.id: mentee.publics for mentee in given.mentees}
    served = Counter(public for pair in result.pairs for public in publics[pair.mentee_id])
    check = ProofCheck(given, [pair.score for pair in result.pairs], served, few_pairs=LOOP)
    assert check.verdict(result.certificate).accepted
    proof = result.certificate.score
    dearest = max(proof.prices.mentors, key=lambda name: proof.prices.mentors[name])
    fewer = {name: price for name, price in proof.prices.mentors.items() if name != dearest}
    cheap = replace(proof, prices=replace(proof.prices, mentors=fewer))
    touched = check.verdict(replace(result.certificate, score=cheap))
    assert "score.bound" in {violation.rule for violation in touched.violations}


def test_the_check_loads_nothing_of_what_finds_a_round() -> None:
    finders = (
        "pricing",
        "column_pool",
        "candidate_index",
        "warm_start",
        "restricted_master",
        "certificate",
        "duals",
        "objective",
    )
    loaded = (
        "import sys; from services.matching.engine.verification import bound_kernel, verifier;"
        "names = {name.split('.')[-1] for name in sys.modules if '.matching.engine.' in name};"
        f"sys.exit(bool(names & set({finders})))"
    )
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
