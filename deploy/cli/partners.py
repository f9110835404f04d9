"""`binome partner`: who may send us people, and with which key."""

import asyncio
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lettres minuscules, chiffres, tirets.")]

partners = typer.Typer(help="Gère les partenaires et leurs clés.", no_args_is_help=True)


@partners.command()
def add(name: Name) -> None:
    """Déclare un partenaire et montre sa clé, une seule fois."""
    from deploy.cli.partner_keys import add_partner, check_name, new_key
    from deploy.cli.partner_permissions import show_permissions

    check_name(name)
    key = new_key()
    asyncio.run(add_partner(name, key))
    _show_key(key)
    show_permissions(name)


@partners.command()
def key(name: Name) -> None:
    """Donne une nouvelle clé ; l'ancienne ne vaut plus rien."""
    from deploy.cli.partner_keys import change_key, new_key

    fresh = new_key()
    asyncio.run(change_key(name, fresh))
    _show_key(fresh)


@partners.command(name="list")
def list_() -> None:
    """Montre les noms des partenaires."""
    from deploy.cli.partner_keys import partner_names

    for name in asyncio.run(partner_names()):
        typer.echo(name)


def _show_key(api_key: str) -> None:
    typer.echo("Clé de l'API, montrée une seule fois :")
    typer.echo(f"  {api_key}")
