"""The only SQL of registration, one class for each thing that is kept."""

from services.registration.store.access_log import AccessLog
from services.registration.store.associations import Routings
from services.registration.store.births import Births
from services.registration.store.changes import date_change
from services.registration.store.clearances import Claim, Clearances, ClearedMentor
from services.registration.store.contact_changes import ContactChange, ContactChanges
from services.registration.store.counts import Counts
from services.registration.store.doubts import Doubt, Doubts
from services.registration.store.erasures import Erasure, Erasures
from services.registration.store.explanations import Explanations
from services.registration.store.given_answers import GivenAnswer, GivenAnswers
from services.registration.store.guardians import GuardianCheck, GuardianChecks
from services.registration.store.known_people import KnownPeople, KnownPerson
from services.registration.store.links import Links, Receipts
from services.registration.store.mentor_guardians import MentorGuardians
from services.registration.store.own_data import OwnData
from services.registration.store.pairs import Pairs
from services.registration.store.partners import Partners, Refusals
from services.registration.store.people import People
from services.registration.store.person import Person
from services.registration.store.proofs import Proofs
from services.registration.store.requests import Request, Requests
from services.registration.store.retention import KeptData
from services.registration.store.stored_keys import StoredKeys
from services.registration.store.users import Users

__all__ = [
    "AccessLog",
    "Births",
    "Claim",
    "Clearances",
    "ClearedMentor",
    "ContactChange",
    "ContactChanges",
    "Counts",
    "Doubt",
    "Doubts",
    "Erasure",
    "Erasures",
    "Explanations",
    "GivenAnswer",
    "GivenAnswers",
    "GuardianCheck",
    "GuardianChecks",
    "KeptData",
    "KnownPeople",
    "KnownPerson",
    "Links",
    "MentorGuardians",
    "OwnData",
    "Pairs",
    "Partners",
    "People",
    "Person",
    "Proofs",
    "Receipts",
    "Refusals",
    "Request",
    "Requests",
    "Routings",
    "StoredKeys",
    "Users",
    "date_change",
]
