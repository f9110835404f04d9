"""`binome match` and `binome verify`: what they take and what their help says.

What they do is loaded when they run (`match_files`), so that their help is there at once.
"""

from pathlib import Path
from typing import Annotated

import typer

Mentees = Annotated[
    Path, typer.Argument(metavar="MENTEES", help="Les jeunes (CSV ou XLSX).", show_default=False)
]
Mentors = Annotated[
    Path, typer.Argument(metavar="MENTORS", help="Les mentors (CSV ou XLSX).", show_default=False)
]
Associations = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Les associations et leurs plafonds.")
]
Past = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Les binômes passés, à ne jamais refaire.")
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="La politique (TOML).")
]


def match(
    mentees: Mentees,
    mentors: Mentors,
    out: Annotated[
        Path, typer.Option(metavar="PAIRS", help="Où écrire les binômes (CSV).", show_default=False)
    ],
    associations: Associations = None,
    past: Past = None,
    policy: PolicyFile = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="Le jour de la tournée ; sinon aujourd'hui.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Où écrire la preuve (JSON).")
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Où écrire les explications (JSON).")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Où écrire le résumé (JSON).")
    ] = None,
) -> None:
    """Forme les meilleurs binômes possibles entre deux tableaux, et le prouve."""
    from deploy.cli.match_files import Outputs, match_files
    from services.matching.gateways.round_files import RoundFiles

    files = RoundFiles(mentees, mentors, associations, past, policy)
    match_files(files, Outputs(out, certificate, explain, json_file), at)


def verify(
    mentees: Mentees,
    mentors: Mentors,
    pairs: Annotated[
        Path, typer.Argument(metavar="PAIRS", help="Les binômes (CSV).", show_default=False)
    ],
    certificate: Annotated[
        Path, typer.Option(metavar="FILE", help="La preuve (JSON).", show_default=False)
    ],
    associations: Associations = None,
    past: Past = None,
    policy: PolicyFile = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="Le jour ; sinon celui de la preuve.")
    ] = None,
) -> None:
    """Vérifie des binômes et leur preuve, sans solveur : tout est recalculé depuis les fichiers."""
    from deploy.cli.match_files import verify_files
    from services.matching.gateways.round_files import RoundFiles

    verify_files(RoundFiles(mentees, mentors, associations, past, policy), pairs, certificate, at)
