"""Guardians of minors are told: that a minor named them, that the minor has a mentor."""

from uuid import UUID

from services.registration.store import Requests
from shared.contracts.events import GuardianNamed, MinorIntroduced
from shared.contracts.types import Lang, Side
from shared.persistence.transaction import Transaction


def tell_guardian(subject: UUID, person_id: UUID, side: Side, lang: Lang, tx: Transaction) -> None:
    """A minor of 15 to 17 named a guardian who can be reached: they are told."""
    tx.publish(GuardianNamed(subject_id=subject, person_id=person_id, side=side, lang=lang))


async def tell_of_introduction(request_id: UUID, pair_id: UUID, tx: Transaction) -> None:
    """A minor has a mentor: the guardian whom we can reach knows it too."""
    request = await Requests(tx.connection).with_id(request_id)
    if request is None or request.minority is None or not request.guardian_contact:
        return
    entry = {"request_id": request_id, "mentee_id": request.mentee_id, "pair_id": pair_id}
    tx.publish(MinorIntroduced(**entry, lang=request.lang))
