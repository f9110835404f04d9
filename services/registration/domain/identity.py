"""Who somebody is, and when two registrations are the same person.

A mail address or a phone alone does not decide: brothers and sisters register with one parent's
address, and twins share their birth date too.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Identity:
    """What is sealed under the person's own key, and stands nowhere else."""

    first_name: str
    last_name: str
    born: date
    email: str | None = None
    phone: str | None = None
    guardian_first_name: str | None = None
    guardian_email: str | None = None


def same_person(one: Identity, other: Identity) -> bool:
    """Same name and birth date; or a shared mail or phone and, beside it, the same birth date
    with the same first name, or the same whole name (a birth date mistyped)."""
    same_name = _whole_name(one) == _whole_name(other)
    if same_name and one.born == other.born:
        return True
    if not shares_contact(one, other):
        return False
    same_first = plain(one.first_name) == plain(other.first_name)
    return same_name or (same_first and one.born == other.born)


def shares_contact(one: Identity, other: Identity) -> bool:
    """Whether a message to one of them would reach the other."""
    if one.phone and one.phone == other.phone:
        return True
    return bool(one.email and other.email and plain_mail(one.email) == plain_mail(other.email))


def marks_of(person: Identity) -> dict[str, str]:
    """By kind, the normalised texts whose keyed hashes find people who may be the same."""
    marks = {"name": f"{_whole_name(person)}|{person.born.isoformat()}"}
    if person.email:
        marks["mail"] = plain_mail(person.email)
    if person.phone:
        marks["phone"] = person.phone
    return marks


def plain(name: str) -> str:
    """A name without case, accents or signs: `Léa-Marie` and `lea marie` are one."""
    spread = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in spread if letter.isalpha())


def plain_mail(address: str) -> str:
    """An address as its mailbox sees it: no case, no `+tag`, no dots at Gmail's."""
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _whole_name(person: Identity) -> str:
    return f"{plain(person.first_name)}|{plain(person.last_name)}"
