"""A person is erased: out of the pool at once, out of stored rounds one after the other."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.domain.fingerprint import inputs_sha256
from services.matching.store import Erasures, FoundRound, RoundTexts
from services.matching.store.snapshot import round_input
from services.matching.use_cases.remove_person import take_mentee_out, take_mentor_out
from shared.contracts.events import ErasureDone
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

ERASING = "erase_from_rounds"
"""Timer: stored rounds still name somebody who was erased."""
AT_ONCE = 20
"""Rounds rewritten in one transaction."""
PAUSE = timedelta(seconds=30)
"""Before another look while a round is on its way."""


async def erase_person(person_id: UUID, side: Side, tx: Transaction) -> None:
    """Take the person out of every pool and pair, and begin to erase them from stored rounds."""
    if side == "mentor":
        await take_mentor_out(person_id, tx)
    else:
        await take_mentee_out(person_id, tx)
    await Erasures(tx.connection).begin(person_id)
    await tx.schedule(ERASING, person_id, tx.now)


async def erase_from_rounds(person_id: UUID, after: datetime | None, tx: Transaction) -> None:
    """Put ids that lead nowhere into the rounds that name the person; at the end, the receipt.

    `after`: rounds before it were looked at. Rounds on their way are waited for, and looked at in
    one more pass from the beginning, which finds nothing once everything is done.
    """
    erasures = Erasures(tx.connection)
    new_ids = await erasures.new_ids(person_id)
    for _ in range(AT_ONCE):
        stored_round = await erasures.next_round(person_id, after) if new_ids else None
        if stored_round is None:
            break
        await erasures.rewrite(stored_round.round_id, _with_other_ids(stored_round, new_ids))
        after = stored_round.requested_at
    else:
        await tx.schedule(ERASING, person_id, tx.now, after=after.isoformat() if after else None)
        return
    if new_ids and (after or await erasures.is_in_open_round(person_id)):
        await tx.schedule(ERASING, person_id, tx.now + (timedelta() if after else PAUSE))
        return
    await erasures.finish(person_id)
    tx.publish(ErasureDone(person_id=person_id, service="matching"))


def _with_other_ids(stored_round: FoundRound, new_ids: Mapping[UUID, UUID]) -> RoundTexts:
    """A round's texts with the ids replaced, and its proof bound to the inputs as they now read."""
    fields = asdict(stored_round.texts)
    for old, new in new_ids.items():
        fields = {name: text and text.replace(str(old), str(new)) for name, text in fields.items()}
    texts = RoundTexts(**fields)
    if not texts.certificate or not texts.inputs:
        return texts
    proof = json.loads(texts.certificate)
    given = round_input(texts.inputs, stored_round.policy, stored_round.held_on)
    return replace(texts, certificate=json.dumps(proof | {"inputs_sha256": inputs_sha256(given)}))
