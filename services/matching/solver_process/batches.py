"""A round cut into batches, in the solver process: everything is plain JSON afterwards."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from services.matching.domain.explanation import Explanation
from services.matching.domain.explanation_key import explanation_key
from services.matching.domain.round_result import Pair
from services.matching.gateways.explanation_file import explanation_data
from services.matching.store import PublicationBatch

PAIRS_AT_ONCE = 500
"""Pairs made in one transaction: a tenth of a second of locks, not the seconds of a whole round."""

T = TypeVar("T")


def make_batches(
    proposed: Sequence[Mapping[str, Any]], explanations: Iterable[Explanation], size: int
) -> tuple[PublicationBatch, ...]:
    """Pairs with their reasons, the best scores first, then those who wait, `size` at a time."""
    explanation_of = {one.mentee_id: one for one in explanations}
    ranked = sorted(proposed, key=lambda pair: (-pair["score"], pair["request_id"]))
    pairs = [_with_explanation(pair, explanation_of.get(pair["request_id"])) for pair in ranked]
    waiting = [_waiting(one) for one in explanation_of.values() if one.blocking is not None]
    result = [PublicationBatch(json.dumps(part), "[]") for part in _cut(pairs, size)]
    return (*result, *(PublicationBatch("[]", json.dumps(part)) for part in _cut(waiting, size)))


def pair_data(pair: Pair) -> dict[str, Any]:
    """A pair that is proposed, as plain data."""
    return {
        "request_id": pair.mentee_id,
        "mentor_id": pair.mentor_id,
        "score": pair.score,
        "components": pair.components.by_name(),
    }


def _with_explanation(pair: Mapping[str, Any], explanation: Explanation | None) -> dict[str, Any]:
    return {**pair, "explanation": explanation_data(explanation) if explanation else None}


def _waiting(explanation: Explanation) -> dict[str, Any]:
    return {
        "request_id": explanation.mentee_id,
        "explanation": explanation_data(explanation),
        "gist": explanation_key(explanation.blocking) if explanation.blocking else None,
    }


def _cut(entries: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
