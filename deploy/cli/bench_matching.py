"""`binome bench matching`: the engine beside other solvers."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import Bench
from deploy.bench.matching.measure import bench as run_bench
from deploy.bench.matching.report import bench_json, sheet
from deploy.bench.matching.solvers import OWN, SOLVERS
from deploy.bench.matching.wording import ENGLISH, FRENCH
from deploy.cli.bench_report import (
    check_count,
    check_target,
    raise_failure,
    select_ways,
    show_sheets,
    write_result,
)
from deploy.cli.progress import Steps
from shared.service.user_error import UserError

MOST_PEOPLE = 100_000


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
    size = Size(
        check_count("mentees", mentees, MOST_PEOPLE),
        check_count("mentors", mentors, MOST_PEOPLE),
        _seed(seed),
    )
    chosen = select_ways(solvers, SOLVERS)
    if not limit > 0:
        raise UserError("--limit : un nombre de secondes au-dessus de 0 est attendu.")
    check_target(json_file)
    with Steps({name: FRENCH.labels[name] for name in chosen}) as steps:
        results = run_bench(size, chosen, limit, steps.begin)
    report_bench(results, json_file)


def _seed(seed: int) -> int:
    if seed < 0:
        raise UserError(f"--seed : un nombre positif ou nul est attendu, pas {seed}.")
    return seed


def report_bench(results: Bench, json_file: Path | None) -> None:
    """The file, if asked for; then the tables. Raises UserError, for status 1, when a round of
    ours failed."""
    if json_file is not None:
        write_result(json_file, bench_json(results))
    show_sheets(sheet(results, FRENCH), sheet(results, ENGLISH))
    raise_failure(
        [
            (FRENCH.labels[row.way], row.says)
            for row in results.rows
            if row.status == "failed" and row.way in (OWN, "verify")
        ]
    )
