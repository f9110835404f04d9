"""`binome bench api`: registrations by HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.bench.api.measure import bench as run_bench
from deploy.bench.api.report import bench_json, sheet
from deploy.bench.api.run import Plan
from deploy.bench.api.ways import WAYS
from deploy.bench.api.wording import ENGLISH, FRENCH
from deploy.cli.bench_report import (
    check_count,
    check_target,
    raise_failure,
    select_ways,
    show_sheets,
    write_result,
)
from deploy.cli.progress import Steps

MOST = 1_000_000


def api(
    registrations: Annotated[
        int, typer.Option(metavar="N", help="Combien d'inscriptions.")
    ] = 2_000,
    ways: Annotated[
        str, typer.Option("--ways", metavar="A,B", help=f"Lesquelles, parmi {', '.join(WAYS)}.")
    ] = ",".join(WAYS),
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Où écrire les mesures (JSON).")
    ] = None,
) -> None:
    """Inscrit des jeunes inventés par l'API HTTP, 32 à la fois."""
    plan = Plan(check_count("registrations", registrations, MOST))
    chosen = select_ways(ways, WAYS)
    check_target(json_file)
    with Steps({name: FRENCH.labels[name] for name in chosen}) as steps:
        results = run_bench(plan, chosen, steps.begin)
    if json_file is not None:
        write_result(json_file, bench_json(results))
    show_sheets(sheet(results, FRENCH), sheet(results, ENGLISH))
    raise_failure(
        [(FRENCH.labels[row.way], row.says) for row in results.rows if row.status == "failed"]
    )
