"""What happens in the process of its own: read the stored round, solve it, check the answer.

Takes and gives plain data, so that nothing of this is done where events are waiting.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.matching.domain.round import Pair, RoundInput, RoundResult
from services.matching.domain.verdict import Verdict
from services.matching.engine.solve import solve
from services.matching.engine.verifier import verify_round
from services.matching.gateways.certificate_file import certificate_data
from services.matching.store import Findings
from services.matching.store.snapshot import round_input

Solve = Callable[[RoundInput], RoundResult]


def hold_round(
    inputs: str, policy: Mapping[str, Any], held_on: date, solved_by: Solve = solve
) -> Findings:
    """The best round for a stored pool, and what the independent check says of it."""
    given = round_input(inputs, policy, held_on)
    result = solved_by(given)
    verdict = verify_round(given, result)
    bad = _faulty(verdict)
    proposed = [_pair(pair) for pair in result.pairs if pair.mentee_id not in bad]
    faulty = [_pair(pair) for pair in result.pairs if pair.mentee_id in bad]
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
    )


def _faulty(verdict: Verdict) -> frozenset[str]:
    """The requests whose pairs break a rule. Where there are any, what the proof lacks follows
    from them; where there are none, it is the choice as a whole that is not proved."""
    return frozenset(v.mentee_id for v in verdict.violations if v.mentee_id is not None)


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "request_id": pair.mentee_id,
        "mentor_id": pair.mentor_id,
        "score": pair.score,
        "components": pair.components.by_name(),
    }
