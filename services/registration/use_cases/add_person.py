"""Somebody registers: a person of their own is kept, whoever they may be as well.

Whether that is somebody known already is a doubt, for others to settle; only a partner that states
its own reference again is believed at once.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.registration.domain.guardians import minority_on
from services.registration.domain.identity import Identity
from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.mentor_registration import MentorRegistration
from services.registration.domain.registration import Registration
from services.registration.domain.registrations import identity_of as full_identity
from services.registration.store import (
    KnownPeople,
    KnownPerson,
    Links,
    People,
    Person,
)
from services.registration.use_cases.recognise_person import (
    Resemblance,
    find_by_reference,
    find_resemblances,
)
from services.registration.use_cases.record_clearance import (
    today_in_paris,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.types import RegistrationSource, Side
from shared.persistence.transaction import Transaction

AnyRegistration = MenteeRegistration | MentorRegistration
TRACKING_KEPT = timedelta(days=3 * 365)
"""How long a tracking link opens: as long as an inactive person's data is kept."""


@dataclass(frozen=True)
class Origin:
    """By which source somebody came; `partner` for a partner's requests."""

    door: RegistrationSource
    partner: str | None = None

    def reference(self, side: Side, stated: str | None) -> str | None:
        """A partner's own name for somebody, as one text that no other partner can state."""
        return f"{self.partner or self.door}|{side}|{stated}" if stated else None


@dataclass(frozen=True)
class Registered:
    """Who came in. `subject` is what the tracking page is about: the request, or the mentor."""

    side: Side
    person_id: UUID
    subject: UUID
    known: bool = False
    """A partner stated its own reference again: this is who it spoke of before."""


async def find_known(
    side: Side, entry: AnyRegistration, origin: Origin, tx: Transaction
) -> KnownPerson | None:
    """Whom a partner means that states its own reference for the same person again."""
    reference = origin.reference(side, entry.reference)
    if reference is None:
        return None
    return await find_by_reference(reference, identity_of(entry, today_in_paris(tx)), tx)


async def add_person(
    side: Side, entry: AnyRegistration, origin: Origin, tx: Transaction
) -> tuple[UUID, tuple[Resemblance, ...]]:
    """Keep somebody new; returns who they may be as well. Nobody known is touched."""
    identity, person_id = identity_of(entry, today_in_paris(tx)), tx.new_id()
    alike = await find_resemblances(side, identity, tx)
    person = replace(
        _person(person_id, side, entry, origin, tx), held=any(one.holds for one in alike)
    )
    await People(tx.connection, vault()).add(person, identity)
    if reference := origin.reference(side, entry.reference):
        await KnownPeople(tx.connection, vault()).remember_reference(reference, person_id)
    return person_id, alike


def identity_of(entry: AnyRegistration, today: date) -> Identity:
    """The part of a registration that only the vault sees; of an adult nothing of a guardian."""
    identity = full_identity(entry)
    if minority_on(today, entry.born):
        return identity
    return replace(
        identity,
        guardian_first_name=None,
        guardian_last_name=None,
        guardian_email=None,
        guardian_phone=None,
    )


def _person(
    person_id: UUID, side: Side, entry: AnyRegistration, origin: Origin, tx: Transaction
) -> Person:
    return Person(
        id=person_id,
        side=side,
        lang=entry.lang,
        door=origin.door,
        registered_at=registration_time(entry, tx),
        partner=origin.partner,
        campaign=entry.campaign,
        company=entry.company if isinstance(entry, MentorRegistration) else None,
    )


async def keep_tracking_link(subject: UUID, tx: Transaction) -> None:
    """Let the link of this request or mentor open the tracking page."""
    mark = tx.fingerprint("request", subject)
    await Links(tx.connection).keep("request", subject, mark, tx.now + TRACKING_KEPT)


def registration_time(registration: Registration, tx: Transaction) -> datetime:
    """When somebody registered: elsewhere perhaps, and never later than now."""
    return min(registration.since or tx.now, tx.now)
