"""The words of the pipeline's benchmark: French for who runs it, English for the README."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language. `does` says of each way what it does for a registration; `processes` and
    `named` name what is measured in the remarks."""

    headline: str
    as_fast: str
    at_rate: str
    mails: Mapping[int, str]
    between: str
    way: str
    columns: Mapping[str, str]
    last: str
    labels: Mapping[str, str]
    does: Mapping[str, str]
    states: Mapping[str, str]
    named: Mapping[str, str]
    processes: Mapping[str, str]


FRENCH = Words(
    headline="{registrations} inscriptions {offered}, {mails} ; {more}{cores} cœurs, {memory} Go",
    as_fast="aussi vite que possible",
    at_rate="à {rate:g} par seconde",
    mails={1: "un mail chacune", 2: "deux mails chacune"},
    between=" ; ",
    way="voie",
    columns={
        "rate": "par seconde",
        "share_of_minimum": "du minimum",
        "p50_ms": "p50 ms",
        "p95_ms": "p95 ms",
        "p99_ms": "p99 ms",
        "cpu": "CPU s / 1 000",
        "mails": "mails",
        "duplicates": "doubles",
        "lost": "perdues",
    },
    last="ce qu'elle fait, et où va le temps de calcul (s / 1 000)",
    labels={"binome": "Binôme", "minimum": "minimum à la main", "celery": "tâches Celery"},
    does={
        "binome": "les quatre services",
        "minimum": "aio-pika, asyncpg et aiosmtplib, un mail, rien d'autre",
        "celery": "le même travail en tâches Celery, un mail",
    },
    states={"not_installed": "pas installé", "failed": "sans résultat : {says}"},
    named={
        "replicas": "{} répliques",
        "present": "{} personnes et demandes déjà là",
        "mentors": "{:.0%} de mentors",
        "killed": "notification tuée {} fois, {} mails nommés comme indécidables",
    },
    processes={"publisher": "hors compte : partenaire", "sink": "serveur de mail"},
)

ENGLISH = Words(
    headline="{registrations} registrations {offered}, {mails}; {more}{cores} cores, {memory} GB",
    as_fast="as fast as possible",
    at_rate="at {rate:g} a second",
    mails={1: "one mail each", 2: "two mails each"},
    between="; ",
    way="way",
    columns={
        "rate": "a second",
        "share_of_minimum": "of the minimum",
        "p50_ms": "p50 ms",
        "p95_ms": "p95 ms",
        "p99_ms": "p99 ms",
        "cpu": "CPU s / 1 000",
        "mails": "mails",
        "duplicates": "duplicates",
        "lost": "lost",
    },
    last="what it does, and where the CPU seconds go (per 1 000)",
    labels={"binome": "Binôme", "minimum": "hand-written minimum", "celery": "Celery tasks"},
    does={
        "binome": "all four services",
        "minimum": "aio-pika, asyncpg and aiosmtplib, one mail, nothing else",
        "celery": "the same work as Celery tasks, one mail",
    },
    states={"not_installed": "not installed", "failed": "no result"},
    named={
        "replicas": "{} replicas",
        "present": "{} people and requests already there",
        "mentors": "{:.0%} mentors",
        "killed": "notification killed {} times, {} mails named as undecidable",
    },
    processes={"publisher": "not summed: partner", "sink": "mail server"},
)
