"""The words of the API's benchmark: French for who runs it, English for the README."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language. `does` says of each way what it does for a registration."""

    headline: str
    way: str
    columns: Mapping[str, str]
    last: str
    labels: Mapping[str, str]
    does: Mapping[str, str]
    failed: str
    client: str


FRENCH = Words(
    headline="{registrations} inscriptions par HTTP, {connections} à la fois ;"
    " {cores} cœurs, {memory} Go.",
    way="voie",
    columns={
        "rate": "par seconde",
        "share_of_bare": "de l'insertion nue",
        "p50_ms": "p50 ms",
        "p95_ms": "p95 ms",
        "p99_ms": "p99 ms",
        "cpu_seconds_per_1000": "CPU s / 1 000",
        "refused": "refusées",
    },
    last="ce qu'elle fait, et où va le temps de calcul (s / 1 000)",
    labels={"binome": "Binôme", "bare": "insertion nue"},
    does={
        "binome": "POST /api/v1/registrations, les quatre services en marche",
        "bare": "FastAPI et asyncpg, une ligne",
    },
    failed="échec : {says}",
    client="hors compte : client",
)

ENGLISH = Words(
    headline="{registrations} registrations by HTTP, {connections} at once;"
    " {cores} cores, {memory} GB.",
    way="way",
    columns={
        "rate": "a second",
        "share_of_bare": "of the bare insert",
        "p50_ms": "p50 ms",
        "p95_ms": "p95 ms",
        "p99_ms": "p99 ms",
        "cpu_seconds_per_1000": "CPU s / 1 000",
        "refused": "refused",
    },
    last="what it does, and where the CPU seconds go (per 1 000)",
    labels={"binome": "Binôme", "bare": "bare insert"},
    does={
        "binome": "POST /api/v1/registrations, all four services running",
        "bare": "FastAPI and asyncpg, one row",
    },
    failed="failed",
    client="not summed: client",
)
