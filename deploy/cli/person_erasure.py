"""A person erased by the operator, and the receipt of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import typer

from deploy.cli.operator_tools import Tools, operator_tools
from deploy.cli.person_data import OPERATOR, find_subject
from services.registration.store import Erasure, Erasures
from services.registration.use_cases.erase_person import erase_person
from services.registration.use_cases.reapply_erasures import read_journal, reapply_erasures
from shared.service.user_error import UserError


async def erase_subject(subject: UUID) -> Erasure:
    """Erase a person, once; the receipt. Raises UserError for an unknown id."""
    async with operator_tools() as tools:
        async with tools.transactions.begin() as tx:
            if await Erasures(tx.connection).about(subject) is None:
                known = await find_subject(subject, tx.connection)
                await erase_person(known.person_id, known.side, OPERATOR, tx)
        return await _read_receipt(subject, tools)


async def load_receipt(subject: UUID) -> Erasure:
    """The receipt as it is now. Raises UserError where nobody was erased."""
    async with operator_tools() as tools:
        return await _read_receipt(subject, tools)


async def _read_receipt(subject: UUID, tools: Tools) -> Erasure:
    async with tools.transactions.begin() as tx:
        erasure = await Erasures(tx.connection).about(subject)
    if erasure is None:
        raise UserError("Aucun effacement sous cet identifiant.")
    return erasure


async def reapply_journal(everywhere: bool) -> int:
    """Erase again everybody in the journal, `everywhere` in all services; how many."""
    async with operator_tools() as tools:
        return await reapply_erasures(await read_journal(), tools.transactions, everywhere)


def show_receipt(erasure: Erasure) -> None:
    """Write when each service erased the person, and from when on it is final."""
    states: dict[str, Any] = {"registration": erasure.erased_at, **erasure.receipts}
    typer.echo(f"Effacement demandé le {erasure.asked_at:%d/%m/%Y}.")
    for service in ("registration", "matching", "notification", "followup"):
        at = states.get(service)
        when = at if isinstance(at, datetime) else datetime.fromisoformat(at) if at else None
        done = f"effacé le {when:%d/%m/%Y à %H:%M} UTC" if when else "prévenu, reçu attendu"
        typer.echo(f"  {service} : {done}")
    typer.echo(f"Définitif le {erasure.final_on:%d/%m/%Y}.")
