"""Rounds as a table, and as data for programs."""

import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from services.matching.store.evidence import ListedRound
from shared.contracts.types import PARIS

BEGINNING = 8
"""Mails of an id that a list shows: enough to name the round."""


STATES = {
    "queued": "en attente",
    "running": "en cours",
    "published": "publiée",
    "failed": "échouée",
}


def round_data(line: ListedRound) -> dict[str, Any]:
    """A round as plain data."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(line), default=str))
    return written


def show_rounds(listed: list[ListedRound]) -> None:
    """Write a row a round."""
    table = Table("Tournée", "Demandée", "Vivier", "État", "Attendaient", "Binômes", "Écart")
    for one in listed:
        when = one.requested_at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
        gap = "" if one.gap is None else f"{one.gap:.1e}"
        pairs = "" if one.pairs is None else str(one.pairs)
        text = (when, one.programme, STATES.get(one.state, one.state), str(one.waiting))
        table.add_row(str(one.round_id)[:BEGINNING], *text, pairs, gap)
    Console().print(table if listed else "Aucune tournée pour l'instant.")
