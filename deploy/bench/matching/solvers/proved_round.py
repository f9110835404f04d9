"""The project's own round: every rule, proof and explanations included; then its check."""

from collections.abc import Iterator

from deploy.bench.matching.outcome import Outcome, Timings
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.engine.solve import solve
from services.matching.engine.verification.verifier import verify_round


def run(given: RoundInput, limit: float) -> Iterator[Outcome]:
    """Two outcomes: the round, and its verification in the same process."""
    timings = Timings()
    result = solve(given, on_step=timings.begin)
    yield Outcome(
        "binome",
        pairs=[(pair.mentee_id, pair.mentor_id) for pair in result.pairs],
        proof=result.certificate.score.proved_by,
        gap=result.gap,
        permitted=result.permitted,
        steps=timings.finish(),
        figures={"price_of_fairness": result.price_of_fairness or 0.0},
    )
    yield _verify(given, result)


def _verify(given: RoundInput, result: RoundResult) -> Outcome:
    verdict = verify_round(given, result)
    fault = None if verdict.accepted else verdict.violations[0].says
    return Outcome("verify", proof="verified" if verdict.accepted else None, fault=fault)
