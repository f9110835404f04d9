"""Claimed rounds whose result the test decides."""

import json
from datetime import date
from uuid import UUID, uuid4

from services.matching.domain.round_input import RoundInput
from services.matching.gateways.certificate_file import certificate_data
from services.matching.solver_process.batches import PAIRS_AT_ONCE, make_batches
from services.matching.solver_process.solve_and_verify import best_round
from services.matching.store import ClaimedRound, Findings
from tests.support.service_harness import ServiceHarness

NOBODY = RoundInput((), (), date(2026, 1, 15))
"""What the prices of such a round are about."""


def outcome_of(pairs: list[tuple[UUID, UUID, float]], batch: int = PAIRS_AT_ONCE) -> Findings:
    """A round that found these (request, mentor, score)."""
    proposed = [
        {"request_id": str(asked), "mentor_id": str(offered), "score": score, "components": {}}
        for asked, offered, score in pairs
    ]
    return Findings(
        pairs=len(pairs),
        proposed=json.dumps(proposed),
        held_back=0,
        faulty="[]",
        certificate=json.dumps(certificate_data(best_round(NOBODY).certificate)),
        violations="[]",
        sound=True,
        score=sum(score for _, _, score in pairs),
        gap=0.0,
        seconds=0.0,
        batches=make_batches(proposed, (), batch),
    )


async def claimed_round(matching: ServiceHarness, programme: str = "national") -> ClaimedRound:
    """A claimed round whose result the test decides."""
    ids = uuid4(), uuid4()
    await matching.pool.execute(
        "INSERT INTO pools VALUES ($1, now()) ON CONFLICT DO NOTHING", programme
    )
    await matching.pool.execute(
        "INSERT INTO rounds (round_id, claim, programme, state, requested_at, held_on, inputs,"
        " policy, waiting, mentors, lease_until, seen) VALUES ($1, $2, $3, 'running', $4, $5,"
        " '{}', '{}', 1, 1, now() + interval '1 h', pg_current_snapshot())",
        *ids,
        programme,
        matching.clock.now(),
        matching.clock.now().date(),
    )
    return ClaimedRound(*ids, matching.clock.now().date(), "{}", {}, 1, 1)
