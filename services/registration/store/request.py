"""A request of a young person, as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.request_states import Minority
from shared.contracts.criteria import MenteeCriteria
from shared.contracts.types import Lang

ERASED = MenteeCriteria.model_construct(
    needs=(), slots=(), level="", department="", languages=(), publics=()
)
"""The criteria of a request whose person was erased."""


@dataclass(frozen=True)
class Request:
    """A request as it is kept. `criteria.publics` holds all publics, the sensitive ones too."""

    id: UUID
    mentee_id: UUID
    state: str
    criteria: MenteeCriteria
    age: int
    registered_at: datetime
    lang: Lang = "fr"
    association: str | None = None
    routed_at: datetime | None = None
    answer_by: datetime | None = None
    confirmed_at: datetime | None = None
    consented_at: datetime | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    minority: Minority | None = None
    """None: an adult. It moves on the 15th and the 18th birthday."""
    guardian_contact: bool = False
    guardian_told_at: datetime | None = None
