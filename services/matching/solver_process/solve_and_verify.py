"""What happens in the process of its own: read the stored round, solve it, check the answer.

Takes and gives plain data, so that nothing of this is done where events are waiting.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.explanation import Explanation
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.domain.verdict import Verdict
from services.matching.engine.solve import solve
from services.matching.engine.verification.verifier import verify_round
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.certificate_file import certificate_data
from services.matching.solver_process.batches import PAIRS_AT_ONCE, make_batches, pair_data
from services.matching.store import Findings
from services.matching.store.snapshot import round_input

Solve = Callable[[RoundInput, NamedDuals | None], RoundResult]


def best_round(given: RoundInput, warm_duals: NamedDuals | None = None) -> RoundResult:
    """What the engine finds, from the prices that the last round of the pool kept."""
    return solve(given, warm_duals=warm_duals)


def solve_and_verify(
    inputs: str,
    policy: Mapping[str, Any],
    held_on: date,
    solved_by: Solve = best_round,
    last_proof: str | None = None,
) -> Findings:
    """The best round for a stored pool, and what the independent check says of it. `last_proof`:
    the certificate of the pool's last round, whose prices are a good beginning for this one."""
    given = round_input(inputs, policy, held_on)
    result = solved_by(given, _warm_duals(last_proof))
    verdict = verify_round(given, result)
    bad = _faulty(verdict)
    proposed = [pair_data(pair) for pair in result.pairs if pair.mentee_id not in bad]
    faulty = [pair_data(pair) for pair in result.pairs if pair.mentee_id in bad]
    return Findings(
        pairs=len(proposed),
        proposed=json.dumps(proposed),
        held_back=len(faulty),
        faulty=json.dumps(faulty),
        certificate=json.dumps(certificate_data(result.certificate)),
        violations=json.dumps([asdict(violation) for violation in verdict.violations]),
        sound=verdict.accepted or bool(faulty),
        score=result.score,
        gap=result.gap,
        seconds=result.seconds,
        capped=_is_capped(given, result),
        batches=make_batches(proposed, _publishable_explanations(result, bad), PAIRS_AT_ONCE),
    )


def _warm_duals(last_proof: str | None) -> NamedDuals | None:
    return None if last_proof is None else certificate_from(json.loads(last_proof)).score.prices


def _faulty(verdict: Verdict) -> frozenset[str]:
    """The requests whose pairs break a rule. Where there are any, what the proof lacks follows
    from them; where there are none, it is the choice as a whole that is not proved."""
    return frozenset(v.mentee_id for v in verdict.violations if v.mentee_id is not None)


def _is_capped(given: RoundInput, result: RoundResult) -> bool:
    """Has an association given as many pairs as its cap allows? A next round could make more."""
    home = {mentor.id: mentor.association for mentor in given.mentors}
    made = Counter(home.get(pair.mentor_id) for pair in result.pairs)
    return any(0 < cap <= made[association] for association, cap in given.caps.items())


def _publishable_explanations(result: RoundResult, bad: frozenset[str]) -> list[Explanation]:
    """What is explained to people: nothing about a pair that was held back."""
    return [one for one in result.explanations if one.mentee_id not in bad]
