"""Millions of pairs are judged exactly as one pair is: to the last bit."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from services.matching.domain.round_input import RoundInput
from services.matching.engine.eligibility import eligible_pairs, iter_eligible_pairs
from services.matching.engine.instance import pool_of
from services.matching.engine.pairs import concatenate, sort_pairs
from services.matching.gateways.languages import ISO_639_1
from tests.unit.matching.people import AT, MENTEE, MENTOR, Draw, a_round
from tests.unit.matching.reference import permitted_pairs


def score_pairs(given: RoundInput) -> dict[tuple[str, str], float]:
    pool = pool_of(given)
    pairs = eligible_pairs(pool)
    rows = zip(pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.score.tolist(), strict=True)
    return {(pool.mentees[i].id, pool.mentors[j].id): score for i, j, score in rows}


@pytest.mark.parametrize("seed", range(3000, 3020))
def test_the_same_pairs_and_the_same_scores_as_one_by_one(seed: int) -> None:
    given = Draw(seed).round(40, 40)
    assert score_pairs(given) == permitted_pairs(given), f"seed {seed}"


def test_blocks_change_nothing() -> None:
    pool = pool_of(Draw(3001).round(40, 40))
    whole = eligible_pairs(pool)
    blocks = list(iter_eligible_pairs(pool, cells=100))
    assert len(blocks) > 5
    put_together = sort_pairs(concatenate(blocks))
    for part in ("mentee", "mentor", "score"):
        assert np.array_equal(getattr(put_together, part), getattr(whole, part))


def test_more_languages_than_a_machine_word_holds() -> None:
    languages = sorted(ISO_639_1)
    mentees = [
        replace(MENTEE, id=f"j{n}", languages=frozenset({language}))
        for n, language in enumerate(languages)
    ]
    mentors = [
        replace(MENTOR, id=f"m{n}", languages=frozenset({language}))
        for n, language in enumerate(languages)
    ]
    assert len(languages) > 128
    assert set(score_pairs(a_round(mentees, mentors))) == {
        (f"j{n}", f"m{n}") for n in range(len(languages))
    }


def test_every_waiting_day_counts_as_in_the_domain() -> None:
    mentees = [
        replace(MENTEE, id=f"j{days:02}", since=AT - timedelta(days=days)) for days in range(40)
    ]
    given = a_round(mentees, [MENTOR])
    assert score_pairs(given) == permitted_pairs(given)
