"""Two slow, plain solvers to compare the engine with. `try_every_round` goes through every
possible round; `solve_by_program` states all permitted pairs as binaries, stage
after stage. Both take gates and scores from the domain, one pair at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulp

from services.matching.domain.gates import closed_gates
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import RoundInput
from services.matching.domain.score import components_of, score_of

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Best:
    """The optimum: number of pairs, K of each floor, total score."""

    pairs: int
    floors: Counts
    score: float


def permitted_pairs(given: RoundInput) -> dict[tuple[str, str], float]:
    """(mentee id, mentor id) → score, for the pairs no gate stops."""
    return {
        (mentee.id, mentor.id): score_of(
            components_of(mentee, mentor, given.at), given.policy.weights
        )
        for mentee in given.mentees
        for mentor in given.mentors
        if not closed_gates(mentee, mentor, given.terms)
    }


def try_every_round(given: RoundInput) -> Best:
    """The optimum by trying every round."""
    best_score: dict[tuple[int, Counts], float] = {}
    for pairs, counts, score in _rounds(given):
        key = (pairs, counts)
        best_score[key] = max(best_score.get(key, -1.0), score)
    return _lexicographic(given, best_score)


def _lexicographic(given: RoundInput, best_score: Mapping[tuple[int, Counts], float]) -> Best:
    if given.policy.objective == "score":
        pairs, counts = max(best_score, key=lambda key: best_score[key])
        return Best(pairs, (), best_score[pairs, counts])
    most = max(pairs for pairs, _ in best_score)
    kept = {counts: score for (pairs, counts), score in best_score.items() if pairs == most}
    floors: list[int] = []
    for place, floor in enumerate(given.policy.floors):
        least = min(floor.required_count(most), max(counts[place] for counts in kept))
        kept = {counts: score for counts, score in kept.items() if counts[place] >= least}
        floors.append(least)
    return Best(most, tuple(floors), max(kept.values()))


def _rounds(given: RoundInput) -> Iterator[tuple[int, Counts, float]]:
    scores = permitted_pairs(given)
    capacity = {mentor.id: mentor.capacity for mentor in given.mentors}
    cap = dict(given.caps)
    publics = [floor.public for floor in given.policy.floors]

    def go(rest: tuple[Mentee, ...]) -> Iterator[tuple[int, Counts, float]]:
        if not rest:
            yield 0, (0,) * len(publics), 0.0
            return
        mentee, later = rest[0], rest[1:]
        yield from go(later)
        for mentor in given.mentors:
            if (mentee.id, mentor.id) in scores and _take(mentor, capacity, cap, 1):
                for pairs, counts, score in go(later):
                    mine = [int(public in mentee.publics) for public in publics]
                    total = tuple(map(sum, zip(counts, mine, strict=True)))
                    yield pairs + 1, total, score + scores[mentee.id, mentor.id]
                _take(mentor, capacity, cap, -1)

    return go(given.mentees)


def _take(mentor: Mentor, capacity: dict[str, int], cap: dict[str, int], places: int) -> bool:
    """Takes (or gives back) a place with a mentor, if there is one."""
    association = mentor.association or ""
    if capacity[mentor.id] < places or cap.get(association, 1) < places:
        return False
    capacity[mentor.id] -= places
    if association in cap:
        cap[association] -= places
    return True


def solve_by_program(given: RoundInput) -> Best:
    """The optimum by one integer program a stage over all permitted pairs."""
    scores = permitted_pairs(given)
    problem = pulp.LpProblem("reference", pulp.LpMaximize)
    made = {
        pair: problem.add_variable(f"x_{n}", 0, 1, pulp.LpInteger) for n, pair in enumerate(scores)
    }
    if not made:
        return Best(0, (0,) * len(given.policy.floors), 0.0)
    _limit(problem, given, made)
    score = pulp.lpSum(scores[pair] * x for pair, x in made.items())
    if given.policy.objective == "score":
        value = _best(problem, score)
        return Best(sum(round(x.varValue or 0) for x in made.values()), (), value)
    most = round(_best(problem, pulp.lpSum(made.values())))
    problem += pulp.lpSum(made.values()) == most
    floors = [
        _floor(problem, given, made, place, most) for place in range(len(given.policy.floors))
    ]
    return Best(most, tuple(floors), _best(problem, score))


def _floor(
    problem: pulp.LpProblem,
    given: RoundInput,
    made: Mapping[tuple[str, str], pulp.LpVariable],
    place: int,
    most: int,
) -> int:
    floor = given.policy.floors[place]
    members = {mentee.id for mentee in given.mentees if floor.public in mentee.publics}
    served = pulp.lpSum(x for (i, _), x in made.items() if i in members)
    if not len(served):
        return 0
    least = min(floor.required_count(most), round(_best(problem, served)))
    problem += served >= least
    return least


def _limit(
    problem: pulp.LpProblem,
    given: RoundInput,
    made: Mapping[tuple[str, str], pulp.LpVariable],
) -> None:
    association = {mentor.id: mentor.association for mentor in given.mentors}
    sums = [([x for (i, _), x in made.items() if i == m.id], 1) for m in given.mentees]
    sums += [([x for (_, j), x in made.items() if j == m.id], m.capacity) for m in given.mentors]
    sums += [
        ([x for (_, j), x in made.items() if association[j] == name], cap)
        for name, cap in given.caps.items()
    ]
    for places, most in sums:
        if places:
            problem += pulp.lpSum(places) <= most


def _best(problem: pulp.LpProblem, aim: pulp.LpAffineExpression) -> float:
    problem.setObjective(aim)
    status = problem.solve(pulp.HiGHS(msg=False, gapRel=0, gapAbs=1e-9))
    assert pulp.LpStatus[status] == "Optimal"
    return float(pulp.value(aim))
