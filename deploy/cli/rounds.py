"""`binome rounds`: the rounds a service has held, as files that anybody can hold and check again,
and what another policy would have made of one. It reads the store of matching and writes nothing
to it."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.round_export import comparison_data, export_round, tell_comparison, try_policy
from services.matching.gateways.policy_file import read_policy
from services.matching.store.evidence import ListedRound, RoundArchive, StoredRound
from shared.contracts.types import PARIS
from shared.persistence.database import open_pool
from shared.service.user_error import UserError
from shared.spreadsheets import InvalidSheet, check_targets, replace_files

FOLDER = Path(".local") / "house"
VARIABLES = ("BINOME_MATCHING_DATABASE_URL", "BINOME_DATABASE_URL")
BEGINNING = 8
"""Mails of an id that a list shows: enough to name the round."""
STATES = {
    "queued": "en attente",
    "running": "en cours",
    "published": "publiée",
    "failed": "échouée",
}

rounds = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Les tournées tenues, en fichiers à vérifier."
)
Round = Annotated[
    str, typer.Argument(metavar="ROUND", help="L'identifiant, ou son début ; `last`, la dernière.")
]
Folder = Annotated[
    Path,
    typer.Option(
        help="Dossier de l'installation locale, si l'environnement ne dit pas où est la base."
    ),
]


@rounds.command("list")
def list_(
    number: Annotated[int, typer.Option(min=1, max=1000, help="Combien, au plus.")] = 20,
    folder: Folder = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="Pour les programmes.")] = False,
) -> None:
    """Les dernières tournées, la plus récente d'abord."""
    listed = asyncio.run(_latest(folder, number))
    if as_json:
        typer.echo(json.dumps([_line_data(one) for one in listed], indent=1))
    else:
        _show(listed)


@rounds.command()
def export(
    round_id: Round,
    to: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Un dossier, vide ou à créer.", show_default=False),
    ],
    folder: Folder = FOLDER,
) -> None:
    """Écrit une tournée en fichiers : `binome match` la refait, `binome verify` la vérifie."""
    stored = asyncio.run(_get_round(folder, round_id))
    made = _prepare_folder(to)
    try:
        texts, notes = export_round(stored)
        replace_files({to / name: text for name, text in texts.items()})
    except BaseException:
        if made:
            to.rmdir()
        raise
    for note in notes:
        typer.echo(note, err=True)
    typer.echo(f"Tournée {stored.round_id} du {stored.held_on}, écrite dans {to} :")
    typer.echo(f"  {', '.join(texts)}")
    typer.echo(f"  à relire avec --at {stored.held_on}")


@rounds.command("try")
def try_(
    round_id: Round,
    policy: Annotated[
        Path, typer.Option(metavar="FILE", help="L'autre politique (TOML).", show_default=False)
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Où écrire le résultat (JSON).")
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    """Refait une tournée avec une autre politique et dit ce qui changerait, sans rien toucher."""
    try:
        check_targets([json_file] if json_file else [], [policy])
        other = read_policy(policy)
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None
    stored = asyncio.run(_get_round(folder, round_id))
    tried = try_policy(stored, other)
    if json_file is not None:
        text = json.dumps(comparison_data(tried), ensure_ascii=False, indent=1) + "\n"
        replace_files({json_file: text})
    tell_comparison(tried)


def _prepare_folder(to: Path) -> bool:
    """An empty folder to write to; true when it had to be made."""
    if not to.exists():
        if not to.absolute().parent.is_dir():
            raise UserError(f"{to} : son dossier n'existe pas.")
        to.mkdir(mode=0o700)
        return True
    if not to.is_dir() or any(to.iterdir()):
        raise UserError(f"{to} : ce n'est pas un dossier vide ; choisissez-en un autre.")
    return False


async def _latest(folder: Path, number: int) -> list[ListedRound]:
    async with _evidence(folder) as evidence:
        return list(await evidence.latest(number))


async def _get_round(folder: Path, round_id: str) -> StoredRound:
    async with _evidence(folder) as evidence:
        if round_id == "last":
            ids = [one.round_id for one in await evidence.latest(1)]
        elif re.fullmatch(r"[0-9a-f-]{4,36}", round_id.lower()):
            ids = list(await evidence.beginning_with(round_id.lower()))
        else:
            ids = []
        if len(ids) > 1:
            raise UserError(f"Plusieurs tournées commencent par {round_id} : donnez la suite.")
        stored = await evidence.get(ids[0]) if ids else None
    if stored is None:
        raise UserError(f"Il n'y a pas de tournée {round_id} (binome rounds list).")
    return stored


@asynccontextmanager
async def _evidence(folder: Path) -> AsyncIterator[RoundArchive]:
    pool = await open_pool(_database(folder), size=1)
    try:
        async with pool.acquire() as connection, connection.transaction(readonly=True):
            yield RoundArchive(connection)
    finally:
        await pool.close()


def _database(folder: Path) -> str:
    """Where matching keeps its rounds: given by the environment, or by the local stack."""
    for variable in VARIABLES:
        if url := os.environ.get(variable):
            return url
    from deploy.devstack import state

    stack_status = state.status(folder.resolve())
    if stack_status is None:
        raise UserError(
            f"{VARIABLES[0]} manque, et rien ne tourne dans {folder} "
            "(binome up ; ou --folder, celui de la démonstration)."
        )
    return str(stack_status["databases"]["matching"])


def _line_data(line: ListedRound) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(asdict(line), default=str))
    return written


def _show(listed: list[ListedRound]) -> None:
    table = Table("Tournée", "Demandée", "Vivier", "État", "Attendaient", "Binômes", "Écart")
    for one in listed:
        when = one.requested_at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
        gap = "" if one.gap is None else f"{one.gap:.1e}"
        pairs = "" if one.pairs is None else str(one.pairs)
        text = (when, one.programme, STATES.get(one.state, one.state), str(one.waiting))
        table.add_row(str(one.round_id)[:BEGINNING], *text, pairs, gap)
    Console().print(table if listed else "Aucune tournée pour l'instant.")
