"""What matching keeps: pools of requests and mentors, rounds, pairs. All of its SQL is here."""

from services.matching.store.erasures import Erasures, FoundRound, RoundTexts
from services.matching.store.explanations import Explanations, StillWaiting
from services.matching.store.held import Held
from services.matching.store.history import History, PoolState, RoundLine
from services.matching.store.holds import Holds
from services.matching.store.mentors import Mentors, NewMentor
from services.matching.store.pairs import ForeignPair, MadePair, Pairs
from services.matching.store.programmes import Programmes
from services.matching.store.publication_batches import PublicationBatch, PublicationBatches
from services.matching.store.requests import NewRequest, Requests
from services.matching.store.rounds import (
    OPEN_ROUNDS,
    ClaimedRound,
    Findings,
    PublishedRound,
    Rounds,
)
from services.matching.store.safety import JudgedPair, JudgedPairs
from services.matching.store.stored_inputs import StoredInputs

__all__ = [
    "OPEN_ROUNDS",
    "ClaimedRound",
    "Erasures",
    "Explanations",
    "Findings",
    "ForeignPair",
    "FoundRound",
    "Held",
    "History",
    "Holds",
    "JudgedPair",
    "JudgedPairs",
    "MadePair",
    "Mentors",
    "NewMentor",
    "NewRequest",
    "Pairs",
    "PoolState",
    "Programmes",
    "PublicationBatch",
    "PublicationBatches",
    "PublishedRound",
    "Requests",
    "RoundLine",
    "RoundTexts",
    "Rounds",
    "StillWaiting",
    "StoredInputs",
]
