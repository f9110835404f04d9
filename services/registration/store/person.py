"""What is known of somebody without opening who they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.types import Lang, RegistrationSource, Side


@dataclass(frozen=True)
class Person:
    """What is known of somebody without opening who they are."""

    id: UUID
    side: Side
    lang: Lang
    door: RegistrationSource
    registered_at: datetime
    partner: str | None = None
    campaign: str | None = None
    company: str | None = None
    held: bool = False
    """Not matched before it is decided that they are nobody known."""
