"""`binome bench`: Binôme's own benchmarks, each beside its reference in the same run."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import Bench
from deploy.bench.matching.measure import bench as run_bench
from deploy.bench.matching.report import LABELS, WIDE, bench_json, lines, markdown, table
from deploy.bench.matching.solvers import OWN, SOLVERS, Solver
from deploy.cli.progress import Steps
from shared.service.user_error import UserError
from shared.spreadsheets import InvalidSheet, check_targets, replace_files

bench = typer.Typer(no_args_is_help=True, help="Mesure Binôme, à côté de ses références.")

MOST_PEOPLE = 100_000


@bench.callback()
def benchmarks() -> None:
    """Mesure Binôme, à côté de ses références, dans la même exécution."""


@bench.command()
def matching(
    mentees: Annotated[int, typer.Option(metavar="N", help="Combien de jeunes.")] = 2_000,
    mentors: Annotated[int, typer.Option(metavar="N", help="Combien de mentors.")] = 2_000,
    seed: Annotated[int, typer.Option(metavar="S", help="La graine du pays inventé.")] = 1,
    solvers: Annotated[
        str, typer.Option("--ways", metavar="A,B", help=f"Lesquelles, parmi {', '.join(SOLVERS)}.")
    ] = ",".join(SOLVERS),
    limit: Annotated[
        float, typer.Option(metavar="SECONDS", help="Le temps laissé à PuLP, en secondes.")
    ] = 600,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Où écrire les mesures (JSON).")
    ] = None,
) -> None:
    """Apparie un pays inventé, par l'optimiseur de Binôme et par ses références."""
    size = Size(_people("mentees", mentees), _people("mentors", mentors), _seed(seed))
    chosen = _select_solvers(solvers)
    if not limit > 0:
        raise UserError("--limit : un nombre de secondes au-dessus de 0 est attendu.")
    _check(json_file)
    with Steps({name: LABELS[name] for name in chosen}) as steps:
        results = run_bench(size, chosen, limit, steps.begin)
    report_bench(results, json_file)


def _people(name: str, count: int) -> int:
    if not 1 <= count <= MOST_PEOPLE:
        raise UserError(f"--{name} : un nombre de 1 à {MOST_PEOPLE} est attendu, pas {count}.")
    return count


def _seed(seed: int) -> int:
    if seed < 0:
        raise UserError(f"--seed : un nombre positif ou nul est attendu, pas {seed}.")
    return seed


def _select_solvers(written: str) -> dict[str, Solver]:
    """The ways asked for, the project's own first, since the others are set beside it."""
    asked = [name.strip() for name in written.split(",")]
    for name in asked:
        if name not in SOLVERS:
            raise UserError(f"--ways : « {name} » est inconnu (attendu : {', '.join(SOLVERS)}).")
    return {name: solver for name, solver in SOLVERS.items() if name in asked}


def _check(target: Path | None) -> None:
    try:
        check_targets([target] if target else [])
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None


def _write(target: Path, content: str) -> None:
    try:
        replace_files({target: content})
    except OSError as error:
        raise UserError(f"{error.filename or target} : {error.strerror}.") from None


def report_bench(results: Bench, json_file: Path | None) -> None:
    """The file, if asked for; the table; then the same for the README. Raises UserError, for
    status 1, when a round of ours failed."""
    if json_file is not None:
        _write(json_file, bench_json(results))
    console = Console()
    if console.is_terminal and console.width >= WIDE:
        console.print(table(results))
    else:
        typer.echo("\n".join(lines(results)))
    typer.echo(f"\n{markdown(results)}")
    for row in results.rows:
        if row.status == "failed" and row.way in (OWN, "verify"):
            raise UserError(f"{LABELS[row.way]} : {row.says}")
