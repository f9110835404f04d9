"""Sign-in and sessions of those who act for an association."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event
from shared.contracts.types import Lang


class SignInAsked(Event):
    """A coordinator asked for a link to sign in with."""

    topic: ClassVar[str] = "signin.asked"
    aggregate_id_field: ClassVar[str] = "signin_id"

    signin_id: UUID
    association: AssociationCode
    user_id: UUID | None = None
    """The person of the association, to whose own address the link goes."""
    lang: Lang = "fr"


class SessionOpened(Event):
    """A person of an association signed in. Other services keep a copy of the session."""

    topic: ClassVar[str] = "session.opened"
    aggregate_id_field: ClassVar[str] = "session_id"

    session_id: UUID
    user_id: UUID
    association: AssociationCode
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the cookie's 256 random bits."""
    expires_at: AwareDatetime
    """Real time."""


class SessionEnded(Event):
    """A session opens nothing any more: its person signed out, or an operator ended it."""

    topic: ClassVar[str] = "session.ended"
    aggregate_id_field: ClassVar[str] = "session_id"

    session_id: UUID


class SessionsListed(Event):
    """Which sessions are open, said every second and a half while any is: whoever has no recent
    list takes every session for ended."""

    topic: ClassVar[str] = "sessions.listed"
    aggregate_id_field: ClassVar[str] = "list_id"

    list_id: UUID
    listed_at: AwareDatetime
    """Real time."""
    session_ids: tuple[UUID, ...] = ()
