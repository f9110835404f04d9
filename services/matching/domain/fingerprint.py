"""Fingerprints of what a round was given: the same content, the same 64 digits.

They are taken over parsed values, so the order of rows and columns, the encoding and the way a
date is written do not change them. What is hashed is JSON with sorted keys; that of people is
written column by column, each value that recurs once: a country is read in half a second.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import Any

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import DEFAULT_POLICY, Policy
from services.matching.domain.round_input import RoundInput


def inputs_sha256(given: RoundInput) -> str:
    """The fingerprint of people, associations and past pairs (not of the day nor the policy)."""
    written = lru_cache(maxsize=None, typed=True)(_to_json)
    parts = {
        "associations": _by_id(given.associations, written),
        "mentees": _by_id(given.mentees, written),
        "mentors": _by_id(given.mentors, written),
        "past": _json(sorted(given.past)),
    }
    return _digest("{" + ", ".join(f'"{name}": {text}' for name, text in parts.items()) + "}")


def policy_sha256(policy: Policy) -> str:
    """The fingerprint of a policy, its version included."""
    content = asdict(policy)
    if policy.minor_mentors == DEFAULT_POLICY.minor_mentors:
        del content["minor_mentors"]
    return _digest(_json(content))


def _by_id(people: Iterable[Mentee | Mentor | Association], written: Callable[[Any], str]) -> str:
    """The JSON list of these people, by id."""
    rows = sorted(people, key=attrgetter("id"))
    names = _column_names(rows)
    columns = (map(written, map(attrgetter(name), rows)) for name in names)
    row = "{" + ", ".join(f'"{name}": %s' for name in names) + "}"
    return "[" + ", ".join(map(row.__mod__, zip(*columns, strict=True))) + "]"


def _column_names(rows: Sequence[Mentee | Mentor | Association]) -> list[str]:
    """All fields, but for the birth date of mentors where all are adults: files of before mentors
    had one keep their fingerprint."""
    names = sorted(vars(rows[0])) if rows else []
    if rows and isinstance(rows[0], Mentor) and all(vars(one)["born"] is None for one in rows):
        names.remove("born")
    return names


def _digest(text: str) -> str:
    return sha256(text.encode("ascii")).hexdigest()


def _to_json(value: object) -> str:
    """The JSON of one field of a person."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, frozenset):
        return "[" + ", ".join(map(quoted, sorted(value))) + "]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(f"no fingerprint for {type(value).__name__}")
