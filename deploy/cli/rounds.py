"""`binome rounds`: the rounds a service has held, as files that anybody can hold and check again,
and what another policy would have made of one. It reads the store of matching and writes nothing
to it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from shared.service.user_error import UserError

FOLDER = Path(".local") / "house"

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
    from deploy.cli.round_archive import latest_rounds
    from deploy.cli.round_table import round_data, show_rounds

    listed = asyncio.run(latest_rounds(folder, number))
    if as_json:
        typer.echo(json.dumps([round_data(one) for one in listed], indent=1))
    else:
        show_rounds(listed)


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
    from deploy.cli.round_archive import get_round
    from deploy.cli.round_export import export_round
    from shared.spreadsheets import replace_files

    stored = asyncio.run(get_round(folder, round_id))
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
    from deploy.cli.round_archive import get_round
    from deploy.cli.round_export import comparison_data, tell_comparison, try_policy
    from services.matching.gateways.policy_file import read_policy
    from shared.spreadsheets import InvalidSheet, check_targets, replace_files

    try:
        check_targets([json_file] if json_file else [], [policy])
        other = read_policy(policy)
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None
    stored = asyncio.run(get_round(folder, round_id))
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
