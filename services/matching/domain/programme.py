"""A programme: how its pool is matched. Data that somebody sets, never code."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from services.matching.domain.policy import DEFAULT_POLICY, DEFAULT_VERSION, Policy

Mode = Literal["automatic", "proposal", "selection"]
"""`automatic`: rounds pair and introduce. `proposal`: rounds pair, both sides are asked first.
`selection`: an establishment chooses, no round does."""
Cadence = Literal["arrival", "minute", "day"]
"""When a round is due: as soon as something is new, a minute later at the earliest, or once a
calendar day in Paris. All of it business time."""

MODES: tuple[Mode, ...] = get_args(Mode)
CADENCES: tuple[Cadence, ...] = get_args(Cadence)
LEAST_ANSWER_DAYS, MOST_ANSWER_DAYS = 4, 60
"""Days to answer a proposition: the reminder, never before the third day, must still help."""
_CODE = re.compile(r"[a-z0-9_-]{1,40}")


class InvalidProgramme(Exception):
    """A programme cannot be set so; str() says why, in French."""


class VersionTaken(InvalidProgramme):
    """The version that a policy names says something else already."""


@dataclass(frozen=True)
class Programme:
    """One programme. `cadence` None: the service's own setting. `answer_days`: how long both sides
    have for their yes, where they are asked."""

    code: str
    mode: Mode = "automatic"
    cadence: Cadence | None = None
    policy: Policy = DEFAULT_POLICY
    answer_days: int = 7


@dataclass(frozen=True)
class Changes:
    """What somebody wants otherwise, as written; None leaves it as it is."""

    mode: str | None = None
    cadence: str | None = None
    policy: Policy | None = None
    answer_days: int | None = None


def apply_changes(programme: Programme, changes: Changes) -> Programme:
    """The programme as it is to be. Raises InvalidProgramme."""
    if not _CODE.fullmatch(programme.code):
        raise InvalidProgramme(
            f"{programme.code} : un programme se nomme en lettres minuscules, chiffres, tirets."
        )
    return replace(
        programme,
        mode=_one_of(MODES, changes.mode, "--mode") or programme.mode,
        cadence=_one_of(CADENCES, changes.cadence, "--cadence") or programme.cadence,
        policy=_check_policy_name(changes.policy) or programme.policy,
        answer_days=_within(changes.answer_days) or programme.answer_days,
    )


def _one_of(known: tuple[str, ...], written: str | None, name: str) -> Any:
    if written is not None and written not in known:
        raise InvalidProgramme(f"{name} : « {written} » inconnu (attendu : {', '.join(known)}).")
    return written


def _within(days: int | None) -> int | None:
    if days is not None and not LEAST_ANSWER_DAYS <= days <= MOST_ANSWER_DAYS:
        raise InvalidProgramme(
            f"--answer-days : {days} (attendu : de {LEAST_ANSWER_DAYS} à {MOST_ANSWER_DAYS} jours, "
            "pour qu'un rappel après 3 jours serve encore)."
        )
    return days


def _check_policy_name(policy: Policy | None) -> Policy | None:
    """`default` names the policy that is used without a file, and no other."""
    if policy is not None and policy.version == DEFAULT_VERSION and policy != DEFAULT_POLICY:
        raise VersionTaken('version : donnez-lui un nom à elle (version = "2026-01").')
    return policy
