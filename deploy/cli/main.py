"""The command `binome`: each verb is loaded only when it is called, so a container of one service
needs no more than its own."""

import sys
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from deploy.cli.faults import EXPECTED, sentence_of


class Verb(NamedTuple):
    """The module of a command and what the list of verbs says of it."""

    module: str
    name: str
    help: str


VERBS = {
    "demo": Verb(
        "demo", "demo", "Fait vivre Binôme devant vous : trois mois en une minute et demie."
    ),
    "up": Verb("stack", "up", "Démarre Binôme sur cette machine et le laisse tourner."),
    "down": Verb("stack", "down", "Arrête Binôme sur cette machine."),
    "status": Verb("stack", "status", "Dit ce qui tourne, où, et ce qui attend."),
    "run": Verb("service", "run", "Fait tourner un service au premier plan."),
    "migrate": Verb("service", "migrate", "Met à jour les bases et le courtier de messages."),
    "import": Verb(
        "import_people", "import_file", "Inscrit les personnes d'un fichier CSV ou XLSX."
    ),
    "person": Verb("people", "people", "Montre ou efface ce qui est gardé sur une personne."),
    "retention": Verb("retention", "retention", "Efface ce qui a été gardé assez longtemps."),
    "partner": Verb("partners", "partners", "Gère les partenaires et leurs clés."),
    "user": Verb("users", "users", "Invite et retire les personnes des associations."),
    "sessions": Verb("users", "sessions", "Montre et ferme les sessions ouvertes."),
    "match": Verb("match", "match", "Deux tableaux en entrée, des binômes en sortie."),
    "verify": Verb("match", "verify", "Vérifie des binômes et leur preuve, sans solveur."),
    "rounds": Verb("rounds", "rounds", "Montre, rend en fichiers ou rejoue les tournées tenues."),
    "programme": Verb(
        "programmes", "programmes", "Règle la politique et la cadence de chaque programme."
    ),
    "selection": Verb("selection", "selection", "Ouvre le choix des mentors à un établissement."),
    "parked": Verb("parked", "parked", "Montre, rejoue ou écarte les messages mis de côté."),
    "contracts": Verb("contracts", "contracts", "Écrit les contrats, ou vérifie qu'ils tiennent."),
    "bench": Verb("bench", "bench", "Mesure Binôme, à côté de ses références."),
}


class Verbs(TyperGroup):
    """The group of verbs, loaded one by one.

    `ctx` is a context of typer's own copy of click, which it does not export.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all verbs, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The verb of that name, its module loaded now; None for an unknown one."""
        return _command(cmd_name) if cmd_name in VERBS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs with one sentence each; none of their modules is loaded."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


def _command(name: str) -> TyperCommand | TyperGroup:
    function = getattr(import_module(f"deploy.cli.{VERBS[name].module}"), VERBS[name].name)
    app = function
    if not isinstance(function, typer.Typer):
        app = typer.Typer(add_completion=False)
        app.command(name)(function)
    command = typer.main.get_command(app)
    if not isinstance(command, TyperCommand | TyperGroup):  # what typer makes, by its annotation
        raise TypeError(f"typer made {type(command).__name__} of {name!r}")
    command.name = name
    return command


app = typer.Typer(
    cls=Verbs,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Binôme met en relation des jeunes et des mentors bénévoles.",
)


@app.callback()
def binome() -> None:
    """Binôme met en relation des jeunes et des mentors bénévoles."""


def main() -> None:
    """Entry point: an expected fault is one plain sentence and a non-zero status."""
    try:
        app()
    except EXPECTED as fault:
        typer.echo(sentence_of(fault), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
