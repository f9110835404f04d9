"""The shortest way through: a request and a volunteer come in, a round puts them together."""

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import PairConfirmed, PairProposed
from tests.integration.matching.people import mentor, request
from tests.support.service_harness import ServiceHarness


async def test_a_round_puts_two_together(matching: ServiceHarness, runner: RoundRunner) -> None:
    asked, offered = request(), mentor()
    await matching.handle(asked)
    await matching.handle(offered)

    assert await runner.step()

    proposed, confirmed = await matching.take_events()
    assert isinstance(proposed, PairProposed)
    assert isinstance(confirmed, PairConfirmed)
    assert (proposed.request_id, proposed.mentor_id) == (asked.request_id, offered.mentor_id)
    assert (proposed.mentee_id, proposed.association) == (asked.mentee_id, asked.association)
    # Half of the needs, no sector, one slot of three, the same département, 6 days of 30.
    assert proposed.components == {
        "needs": 0.5,
        "sectors": 0.0,
        "slots": 1 / 3,
        "proximity": 0.7,
        "waiting": 0.2,
    }
    assert proposed.score == 0.4 * 0.5 + 0.15 / 3 + 0.1 * 0.7 + 0.2 * 0.2
    assert confirmed.pair_id == proposed.pair_id
