"""`binome person`: a person's rights, exercised by an operator. Nothing personal is an argument."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.registration.settings import RegistrationSettings
from services.registration.store import AccessLog, Erasure, Erasures, OwnData, People
from services.registration.store.own_data import Subject
from services.registration.use_cases.erase_person import AskedBy, erase_person
from services.registration.use_cases.exercise_rights import find_by_contact
from services.registration.use_cases.export_person import PersonData, ask_others, read_own
from services.registration.use_cases.reapply_erasures import read_journal, reapply_erasures
from services.registration.use_cases.vault_provider import key_database, vault
from shared.messaging.rpc import RpcClient
from shared.persistence.database import Connection, open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import load
from shared.service.user_error import UserError
from shared.web.signed_links import LinkSigner

OPERATOR: AskedBy = "operator"
Id = Annotated[str, typer.Argument(metavar="ID", help="Identifiant : personne ou demande.")]

people = typer.Typer(help="Les droits d'une personne sur ses données.", no_args_is_help=True)


@dataclass(frozen=True)
class Tools:
    """What a command works with."""

    transactions: TransactionFactory
    rpc_client: RpcClient


@people.command()
def find() -> None:
    """Trouve une personne par son mail ou son téléphone, demandés sans être affichés."""
    contact = typer.prompt("Mail ou téléphone (non affiché)", hide_input=True)
    people_found = asyncio.run(_find(contact))
    for one in people_found:
        typer.echo(f"{one.person_id}  {'jeune' if one.side == 'mentee' else 'mentor'}")
    if not people_found:
        raise UserError("Personne n'est connu sous ce contact.")


@people.command()
def export(
    subject: Id,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Où écrire (JSON).")] = None,
) -> None:
    """Écrit tout ce qui est gardé sur une personne, par tous les services."""
    data = asyncio.run(_export(_id(subject)))
    if data.missing:
        raise UserError(f"Sans réponse de : {', '.join(data.missing)}. Rien n'est écrit.")
    text = json.dumps(data.document(), ensure_ascii=False, indent=1)
    if out is None:
        typer.echo(text)
        return
    out.touch(mode=0o600)
    out.write_text(text + "\n", encoding="utf-8")


@people.command()
def erase(
    subject: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander.")] = False,
) -> None:
    """Efface une personne ; le reçu dit ce qui est fait, par qui, et quand c'est définitif."""
    person_id = _id(subject)
    if not yes:
        typer.confirm("Effacer cette personne ? Personne ne pourra revenir en arrière", abort=True)
    _show_receipt(asyncio.run(_erase(person_id)))


@people.command()
def receipt(subject: Id) -> None:
    """Redit où en est un effacement."""
    _show_receipt(asyncio.run(_receipt(_id(subject))))


@people.command()
def correct(subject: Id) -> None:
    """Corrige un prénom ou un nom vérifié, demandés sur l'entrée (vide : inchangé)."""
    person_id = _id(subject)
    first = typer.prompt("Prénom", default="", show_default=False)
    last = typer.prompt("Nom", default="", show_default=False)
    asyncio.run(_correct(person_id, first.strip(), last.strip()))
    typer.echo("Corrigé.")


@people.command()
def reapply(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Le redire aussi à tous les services.")
    ] = False,
) -> None:
    """Après une restauration : efface de nouveau tous ceux du journal."""
    typer.echo(f"{asyncio.run(_reapply(everywhere))} personne(s) effacée(s) de nouveau.")


async def _find(contact: str) -> list[Subject]:
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        try:
            return await find_by_contact(contact, tx)
        except ValueError:
            raise UserError("Ni une adresse mail, ni un numéro de mobile.") from None


async def _export(subject: UUID) -> PersonData:
    async with operator_tools() as tools:
        async with tools.transactions.begin() as tx:
            own = await read_own(await _find_subject(subject, tx.connection), OPERATOR, tx)
        if own is None:
            raise UserError("Cette personne est effacée.")
        return await ask_others(own, tools.rpc_client.call)


async def _erase(subject: UUID) -> Erasure:
    async with operator_tools() as tools:
        async with tools.transactions.begin() as tx:
            if await Erasures(tx.connection).about(subject) is None:
                known = await _find_subject(subject, tx.connection)
                await erase_person(known.person_id, known.side, OPERATOR, tx)
        return await _read_receipt(subject, tools)


async def _receipt(subject: UUID) -> Erasure:
    async with operator_tools() as tools:
        return await _read_receipt(subject, tools)


async def _read_receipt(subject: UUID, tools: Tools) -> Erasure:
    async with tools.transactions.begin() as tx:
        erasure = await Erasures(tx.connection).about(subject)
    if erasure is None:
        raise UserError("Aucun effacement sous cet identifiant.")
    return erasure


async def _correct(subject: UUID, first: str, last: str) -> None:
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        known = await _find_subject(subject, tx.connection)
        people = People(tx.connection, vault())
        opened = await people.open(known.person_id)
        if opened is None:
            raise UserError("Cette personne est effacée.")
        identity = replace(
            opened[0],
            first_name=first or opened[0].first_name,
            last_name=last or opened[0].last_name,
        )
        await people.change_identity(known.person_id, known.side, identity)
        ledger = AccessLog(tx.connection)
        await ledger.write(tx.now, OPERATOR, known.person_id, "identity", "correction")


async def _reapply(everywhere: bool) -> int:
    async with operator_tools() as tools:
        return await reapply_erasures(await read_journal(), tools.transactions, everywhere)


async def _find_subject(subject: UUID, connection: Connection) -> Subject:
    data = await OwnData(connection).find(subject)
    if data is None:
        raise UserError("Personne n'est connu sous cet identifiant (binome person find).")
    return data


@asynccontextmanager
async def operator_tools() -> AsyncIterator[Tools]:
    """Transactions, and a client of the other services; closed at the end of the block."""
    settings = load(RegistrationSettings, "registration")
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    links = LinkSigner(settings.secret_key.get_secret_value(), {})
    pool = await open_pool(settings.database_url.get_secret_value(), size=2)
    rpc_client = RpcClient(settings.amqp_url.get_secret_value(), "operator asks")
    try:
        async with key_database():
            yield Tools(TransactionFactory("registration", pool, clock, links), rpc_client)
    finally:
        await rpc_client.close()
        await pool.close()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UserError("Un identifiant complet est attendu (binome person find).") from None


def _show_receipt(erasure: Erasure) -> None:
    states: dict[str, Any] = {"registration": erasure.erased_at, **erasure.receipts}
    typer.echo(f"Effacement demandé le {erasure.asked_at:%d/%m/%Y}.")
    for service in ("registration", "matching", "notification", "followup"):
        at = states.get(service)
        when = at if isinstance(at, datetime) else datetime.fromisoformat(at) if at else None
        done = f"effacé le {when:%d/%m/%Y à %H:%M} UTC" if when else "prévenu, reçu attendu"
        typer.echo(f"  {service} : {done}")
    typer.echo(f"Définitif le {erasure.final_on:%d/%m/%Y}.")
