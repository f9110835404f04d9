"""Another address or number, as it is read and joined to what is known of somebody."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.identity import Identity
from services.registration.domain.phones import read_mobile
from services.registration.domain.roles import role_faults

CHECKED_BY = ("known_phone", "in_person", "school", "video")
"""How an association may check who asks: called back at a number that it knew before; seen in
person with papers; confirmed by the school or the service at its official address; seen on video
with papers."""


def read_contact(
    values: Mapping[str, str], department: str, fictional_numbers: bool
) -> dict[str, str]:
    """The fields that were filled in, `email` and `phone`.

    Raises InvalidRegistration with every fault.
    """
    readers: Mapping[str, Callable[[str], str | None]] = {
        "email": fields.mail,
        "phone": lambda text: read_mobile(text, department, fictional_numbers),
    }
    read: dict[str, str] = {}
    faults = []
    for field, reader in readers.items():
        if not values.get(field):
            continue
        try:
            read[field] = reader(values[field]) or ""
        except PydanticCustomError as error:
            faults.append(Fault(field, error.type))
    if not read and not faults:
        faults.append(Fault("email", "missing"))
    if faults:
        raise InvalidRegistration(faults)
    return read


def with_contact(known: Identity, role: str, contact: Mapping[str, str]) -> Identity:
    """Somebody with another contact; what was not filled in stays.

    Raises InvalidRegistration where one person would have two roles.
    """
    prefix = "guardian_" if role == "guardian" else ""
    fields_changed: dict[str, Any] = {f"{prefix}{name}": text for name, text in contact.items()}
    changed = replace(known, **fields_changed)
    if faults := [Fault("email", fault.code) for fault in role_faults(changed)]:
        raise InvalidRegistration(faults)
    return changed


def with_contact_of(known: Identity, role: str, other: Identity) -> Identity:
    """Somebody reached in one role as `other` is; whatever else has changed since stays."""
    prefix = "guardian_" if role == "guardian" else ""
    names = [f"{prefix}{name}" for name in ("email", "phone")]
    return replace(known, **{name: getattr(other, name) for name in names})
