"""`binome programme`: how each programme is matched, and how many pairs an association takes."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.matching.domain.programme import CADENCES, MODES, Programme
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.service.user_error import UserError

programmes = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Règle la façon d'apparier un programme."
)


@programmes.command(name="list")
def list_() -> None:
    """Montre les programmes, leur politique, leur cadence, et les plafonds des associations."""
    from deploy.cli.programme_settings import load_programmes

    known, caps = asyncio.run(load_programmes())
    for one in known:
        typer.echo(_describe(one))
    for association in caps:
        typer.echo(f"{association.id} : {association.round_cap} binôme(s) au plus par tournée")
    if not known and not caps:
        typer.echo("Aucun programme pour l'instant ; tous suivent la politique par défaut.")


@programmes.command(name="set")
def set_(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Le programme.")],
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sa politique (TOML).")
    ] = None,
    cadence: Annotated[str | None, typer.Option(help=f"{' | '.join(CADENCES)}")] = None,
    mode: Annotated[str | None, typer.Option(help=f"{' | '.join(MODES)}")] = None,
    answer_days: Annotated[
        int | None,
        typer.Option(metavar="N", help="Jours pour dire oui, en mode proposal (7 par défaut)."),
    ] = None,
) -> None:
    """Change un programme ; ce qui n'est pas dit reste comme il est."""
    from deploy.cli.programme_settings import set_programme
    from services.matching.domain.programme import Changes, InvalidProgramme, VersionTaken
    from services.matching.gateways.policy_file import read_policy
    from shared.spreadsheets import InvalidSheet

    try:
        content = read_policy(policy) if policy else None
        changes = Changes(mode, cadence, content, answer_days)
        programme = asyncio.run(set_programme(code, changes))
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None
    except VersionTaken as refusal:
        raise UserError(f"{policy} : {refusal}") from None
    except InvalidProgramme as refusal:
        raise UserError(str(refusal)) from None
    typer.echo(_describe(programme))


@programmes.command()
def cap(
    association: Annotated[str, typer.Argument(metavar="ASSOCIATION", help="Son code.")],
    number: Annotated[
        int | None, typer.Argument(metavar="N", help="Binômes au plus par tournée.", min=0)
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Enlève le plafond.")] = False,
) -> None:
    """Limite les nouveaux binômes d'une association par tournée."""
    from deploy.cli.programme_settings import cap_association

    if (number is None) != none:
        raise UserError("Donnez un nombre, ou --none pour enlever le plafond.")
    if association not in ASSOCIATIONS:
        raise UserError(f"Il n'y a pas d'association {association}.")
    asyncio.run(cap_association(association, number))
    limit = "sans plafond" if number is None else f"{number} binôme(s) au plus par tournée"
    typer.echo(f"{association} : {limit}")


def _describe(programme: Programme) -> str:
    cadence = programme.cadence or "réglage du service"
    asked = f" (réponse sous {programme.answer_days} jours)" if programme.mode == "proposal" else ""
    return (
        f"{programme.code} : mode {programme.mode}{asked}, cadence {cadence}, "
        f"politique {programme.policy.version}"
    )
