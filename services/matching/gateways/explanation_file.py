"""The explanation file (JSON): one entry for each mentee, why this mentor or why none yet."""

import json
from collections.abc import Iterable
from typing import Any

from services.matching.domain.explanation import Blocking, Explanation


def explanations_text(explanations: Iterable[Explanation]) -> str:
    """The explanations of a round as JSON."""
    entries = [explanation_data(explanation) for explanation in explanations]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def explanation_data(explanation: Explanation) -> dict[str, Any]:
    """One explanation as plain data, for files and stores."""
    components, reasons = explanation.components, explanation.reasons
    return {
        "mentee_id": explanation.mentee_id,
        "mentor_id": explanation.mentor_id,
        "score": explanation.score,
        "components": components.by_name() if components else None,
        "reasons": {"fr": list(reasons.fr), "en": list(reasons.en)} if reasons else None,
        "blocking": _blocking(explanation.blocking) if explanation.blocking else None,
    }


def _blocking(blocking: Blocking) -> dict[str, Any]:
    opening = blocking.opens_most
    return {
        "kind": blocking.kind,
        "gate": blocking.gate,
        "permitted": blocking.permitted,
        "opens_most": {"change": opening.change, "mentors": opening.mentors} if opening else None,
        "fr": blocking.fr,
        "en": blocking.en,
    }
