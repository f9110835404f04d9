"""Who somebody is, and what speaks for or against two registrations being one person.

Nothing here is proof: evidence raises a doubt, which somebody who may decide settles. A mail
address or a phone alone says nothing: brothers and sisters register with one parent's address, an
educator writes for a whole home, and twins share their birth date too.
"""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.addresses import plain_mail

Weight = Literal["doubt", "note"]
"""`doubt`: strong enough for the newcomer to wait. `note`: shown to a human, nobody waits."""


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
    guardian_phone: str | None = None
    guardian_last_name: str | None = None
    guardian_bond: str | None = None
    """How the guardian is bound to a minor, a code of `bonds.json`."""

    @property
    def has_guardian_contact(self) -> bool:
        """Whether there is a mail address or a number of a guardian."""
        return bool(self.guardian_email or self.guardian_phone)


@dataclass(frozen=True)
class Likeness:
    """What speaks for two registrations being one person. `agreeing` names fields only."""

    weight: Weight
    agreeing: tuple[str, ...]


def likeness(one: Identity, other: Identity, shared: Collection[str] = ()) -> Likeness | None:
    """How much speaks for one person; None: nothing that a human should look at.

    `shared`: contacts (as `contacts_of` gives them) that several known people use; they say
    nothing. The one rule, in this order:

    - same names, same day of birth: a doubt;
    - same names, days of birth that may be the same, one contact: a doubt, without it a note;
    - same names, another birth date, one contact: a note (two people, or a date mistyped);
    - same first name, same day of birth, one contact: a doubt (a family name mistyped or changed);
    - anything else: nothing. Brothers, sisters and twins have other first names.
    """
    weight = _weight(one, other, bool(_same_contacts(one, other, shared)))
    return Likeness(weight, agreeing_fields(one, other)) if weight else None


def _weight(one: Identity, other: Identity, by_contact: bool) -> Weight | None:
    same_day, may_be = is_same_day(one.born, other.born), may_be_same_day(one.born, other.born)
    if _whole_name(one) == _whole_name(other):
        if same_day or (may_be and by_contact):
            return "doubt"
        return "note" if may_be or by_contact else None
    same_first = plain(one.first_name) == plain(other.first_name)
    return "doubt" if same_first and same_day and by_contact else None


def agreeing_fields(one: Identity, other: Identity) -> tuple[str, ...]:
    """Names of the fields that agree, in the order people read them."""
    agreeing = {
        "first_name": plain(one.first_name) == plain(other.first_name),
        "last_name": plain(one.last_name) == plain(other.last_name),
        "born": one.born == other.born,
        "email": bool(one.email and other.email)
        and plain_mail(one.email or "") == plain_mail(other.email or ""),
        "phone": bool(one.phone) and one.phone == other.phone,
    }
    return tuple(field for field, agrees in agreeing.items() if agrees)


def is_informative(born: date) -> bool:
    """Whether a birth date tells people apart: not 1 January, which stands for "unknown" in many
    papers, nor 31 December, which stands for a year alone (`fields.birth_date`)."""
    return (born.month, born.day) not in {(1, 1), (12, 31)}


def is_same_day(one: date, other: date) -> bool:
    """One day of birth, which few people share."""
    return one == other and is_informative(one)


def may_be_same_day(one: date, other: date) -> bool:
    """Equal, or of one year and at least one of the two says no more than the year."""
    if is_informative(one) and is_informative(other):
        return one == other
    return one.year == other.year


def are_apart(mentee: Identity, mentor: Identity) -> bool:
    """Whether these two may never be a pair: they may be one person, or the mentor is reached
    where the young person or the guardian is."""
    if _whole_name(mentee) == _whole_name(mentor) and may_be_same_day(mentee.born, mentor.born):
        return True
    theirs = {*contacts_of(mentee), *guardian_contacts_of(mentee)}
    return not theirs.isdisjoint(contacts_of(mentor))


def own_guardian(person: Identity) -> str | None:
    """The guardian's field that names the child's own mailbox or phone; None: two people."""
    own = set(contacts_of(person))
    if person.guardian_email and f"mail:{plain_mail(person.guardian_email)}" in own:
        return "guardian_email"
    if person.guardian_phone and f"phone:{person.guardian_phone}" in own:
        return "guardian_phone"
    return None


def contacts_of(person: Identity) -> Iterator[str]:
    """Where a message reaches this person, normalised: `mail:…`, `phone:…`."""
    return _contacts(person.email, person.phone)


def guardian_contacts_of(person: Identity) -> Iterator[str]:
    """Where a message reaches this young person's guardian."""
    return _contacts(person.guardian_email, person.guardian_phone)


def blind_index_texts(person: Identity) -> dict[str, str]:
    """By use, the normalised texts whose keyed hashes find people who may be the same.

    A contact reads the same whoever uses it, so that one mailbox in two roles is found.
    """
    marks = {
        "name": f"name:{_whole_name(person)}|{person.born.isoformat()}",
        "whole_name": f"whole_name:{_whole_name(person)}",
    }
    marks |= {contact.partition(":")[0]: contact for contact in contacts_of(person)}
    for contact in guardian_contacts_of(person):
        marks[f"guardian_{contact.partition(':')[0]}"] = contact
    return marks


def plain(name: str) -> str:
    """A name without case, accents or signs: `Léa-Marie` and `lea marie` are one."""
    spread = unicodedata.normalize("NFKD", name).casefold()
    return "".join(message for message in spread if message.isalpha())


def _contacts(email: str | None, phone: str | None) -> Iterator[str]:
    if email:
        yield f"mail:{plain_mail(email)}"
    if phone:
        yield f"phone:{phone}"


def _same_contacts(one: Identity, other: Identity, shared: Collection[str]) -> set[str]:
    return set(contacts_of(one)) & set(contacts_of(other)) - set(shared)


def _whole_name(person: Identity) -> str:
    return f"{plain(person.first_name)}|{plain(person.last_name)}"
