"""What is owed to the guardian of a minor before the minor is introduced to anybody.

Sources: article 45 of the loi Informatique et Libertés (under 15 a holder of parental authority
consents); articles 371-1 and 372 of the Code civil (parental authority until 18).
"""

from datetime import date, datetime
from typing import Literal

from services.registration.domain.age import CONSENT_AGE, MAJORITY, age_on, birthday
from services.registration.domain.request_states import Minority
from shared.contracts.types import PARIS
from shared.contracts.vocabulary.programmes import ProgrammeEntry

HOW = ("call", "meeting", "letter", "partner", "ase_service")
"""How an association may have assured itself of a guardian: a closed list, so that nothing of a
person is written here. `ase_service`: the child welfare service signed in the parents' place."""
BIRTHDAYS = (CONSENT_AGE, MAJORITY)


def minority_on(day: date, born: date) -> Minority | None:
    """None: an adult."""
    age = age_on(day, born)
    if age < CONSENT_AGE:
        return "under_15"
    return "under_18" if age < MAJORITY else None


def protects_more(minority: Minority | None, than: Minority | None) -> bool:
    """Whether a guardian has more to say than before."""
    order = (None, "under_18", "under_15")
    return order.index(minority) > order.index(than)


def asks_consent(minority: Minority | None, rules: ProgrammeEntry, reachable: bool) -> bool:
    """Whether a guardian's consent comes before anything else. A guardian of 15 to 17 who is not
    reachable stops nobody: the association settles it later."""
    if minority == "under_15":
        return True
    return minority == "under_18" and rules.guardian_15_17 == "asked" and reachable


def check_of(
    minority: Minority | None, rules: ProgrammeEntry, *, consented: bool, informed: bool
) -> Literal["confirm", "inform"] | None:
    """What an association does about the guardian before an introduction; None: nothing.

    `consented`: a guardian's consent is held; `told`: a message to the guardian has left.
    """
    if minority == "under_15" and rules.guardian_confirmed_under_15:
        return "confirm"
    if minority == "under_18" and not (consented or informed):
        return "inform"
    return None


def start_of_birthday(born: date, age: int) -> datetime:
    """When somebody reaches an age: midnight in Paris."""
    day = birthday(born, age)
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)
