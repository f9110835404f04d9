"""What a guardian declares with their consent: who they are, and that they may give it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.identity import Identity
from shared.contracts.vocabulary import BONDS

ASKED = ("guardian_first_name", "guardian_last_name", "guardian_bond", "authority")
"""The fields of the page, in its order."""


@dataclass(frozen=True)
class Declaration:
    """A holder of parental authority, in their own words. `bond`: a code of `bonds.json`."""

    first_name: str
    last_name: str
    bond: str

    def add_to(self, identity: Identity) -> Identity:
        """The minor's identity, with who their guardian is."""
        return replace(
            identity,
            guardian_first_name=self.first_name,
            guardian_last_name=self.last_name,
            guardian_bond=self.bond,
        )


def read_declaration(values: Mapping[str, str]) -> Declaration:
    """Raises InvalidRegistration with every fault, in the order of the page."""
    readers: dict[str, Callable[[str], str]] = {
        "guardian_first_name": fields.name,
        "guardian_last_name": fields.name,
        "guardian_bond": fields.code(BONDS),
    }
    read: dict[str, str] = {}
    faults = []
    for field, reader in readers.items():
        try:
            written = values.get(field, "")
            read[field] = reader(written) if written else ""
        except PydanticCustomError as error:
            faults.append(Fault(field, error.type))
        else:
            if not read[field]:
                faults.append(Fault(field, "missing"))
    if values.get("authority") != "yes":
        faults.append(Fault("authority", "missing"))
    if faults:
        raise InvalidRegistration(faults)
    return Declaration(*(read[field] for field in ASKED[:3]))
