"""Invented people, sealed and marked by the product's own vault."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from deploy.bench.present.cloning import clone_id
from deploy.bench.registrants import Group, registration
from services.registration.domain.identity import Identity
from services.registration.store.vault import Vault


@dataclass(frozen=True)
class SealedPerson:
    """What is stored of somebody: `marks` by kind."""

    id: UUID
    sealed: bytes
    wrapped_key: bytes
    marks: Mapping[str, bytes]


def open_vault(master_key: str) -> Vault:
    """The vault under `BINOME_MASTER_KEY`, without a database of keys."""
    return Vault(base64.b64decode(master_key))


def seal_copy(
    vault: Vault, originals: Sequence[UUID], copy: int, group: Group
) -> Iterator[SealedPerson]:
    """One copy of everybody, by id, each as another person of the group."""
    for place, original in enumerate(originals):
        identity = invent_identity(group, (copy - 1) * len(originals) + place)
        person_id = clone_id(original, copy)
        sealed = vault.seal(person_id, identity)
        marks = vault.blind_index(identity)
        yield SealedPerson(person_id, sealed.text, sealed.wrapped_key, marks)


def invent_identity(group: Group, number: int) -> Identity:
    """A person of the group as registration seals them."""
    fields = registration(group, number)
    return Identity(
        fields["first_name"],
        fields["last_name"],
        date.fromisoformat(fields["born"]),
        fields["email"],
    )
