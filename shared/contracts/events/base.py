"""What all events share; the base of those about a pair; and the receipt of an erasure, which
several services publish.
"""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.codes import AssociationCode


class Event(BaseModel):
    """What all events share. Unknown fields are ignored, so that a newer sender may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str]
    aggregate_id_field: ClassVar[str]
    """Name of the field whose id keeps its events in order (one aggregate, one order)."""

    @property
    def subject(self) -> str:
        """Id of what the event is about: events of one subject are told in their order."""
        return str(getattr(self, self.aggregate_id_field))


class LatestEvent(Event):
    """Of two such events about one person or request the later one counts, whichever comes
    first."""

    changed_at: AwareDatetime | None = None
    """When it became so; later with each change of the same. None: said before changes were
    dated, and older than any that is."""


class ErasureDone(Event):
    """A service holds nothing more about a person who was erased: its receipt."""

    topic: ClassVar[str] = "erasure.done"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    service: Literal["matching", "notification", "followup"]


class PairEvent(Event):
    """What every event about a pair says: ids, and who is in charge."""

    aggregate_id_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: AssociationCode
    programme: str = "national"
