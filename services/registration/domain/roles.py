"""Roles that must be two people: a child and the guardian, a coordinator and the people of a pair.

A mentor and a mentee are kept apart elsewhere (`identity.are_apart`): neither form knows the other.
"""

from collections.abc import Iterator, Mapping

from services.registration.domain.errors import Fault
from services.registration.domain.identity import Identity, own_guardian
from shared.contracts.addresses import plain_mail
from shared.contracts.vocabulary.associations import ASSOCIATIONS

_COORDINATORS = frozenset(plain_mail(entry.coordinator) for entry in ASSOCIATIONS.values())
"""Functional addresses, in the associations' file for all to see."""


def has_two_roles(person: Identity) -> bool:
    """Whether one person would have two roles with these contacts."""
    return any(role_faults(person))


def role_faults(person: Identity) -> Iterator[Fault]:
    """Fields that give one person two roles."""
    addresses: Mapping[str, str | None] = {
        "email": person.email,
        "guardian_email": person.guardian_email,
    }
    for field, address in addresses.items():
        if address and plain_mail(address) in _COORDINATORS:
            yield Fault(field, "of_an_association")
    if field_of_child := own_guardian(person):
        yield Fault(field_of_child, "same_as_child")
