"""`binome bench pipeline`: from a partner's message to the mail received."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.bench.pipeline.measure import bench as run_bench
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.report import bench_json, sheet
from deploy.bench.pipeline.ways import WAYS
from deploy.bench.pipeline.wording import ENGLISH, FRENCH
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

MOST = 1_000_000
MOST_REPLICAS, MOST_KILLS = 10, 50
MAILS = 2


def pipeline(
    registrations: Annotated[
        int, typer.Option(metavar="N", help="Combien d'inscriptions.")
    ] = 2_000,
    rate: Annotated[
        float | None,
        typer.Option(metavar="R", help="Combien par seconde ; sans elle, aussi vite que possible."),
    ] = None,
    present: Annotated[
        int, typer.Option(metavar="N", help="Combien de personnes et de demandes sont déjà là.")
    ] = 0,
    mails: Annotated[
        int,
        typer.Option(metavar="1|2", help="1 : accusé de réception ; 2 : prise en charge aussi."),
    ] = MAILS,
    replicas: Annotated[
        int, typer.Option(metavar="N", help="Répliques de registration et de notification.")
    ] = 1,
    kill: Annotated[
        int, typer.Option(metavar="N", help="Combien de fois tuer notification pendant la mesure.")
    ] = 0,
    mentors: Annotated[
        float, typer.Option(metavar="SHARE", help="La part de mentors, de 0 à 1.")
    ] = 0.0,
    ways: Annotated[
        str, typer.Option("--ways", metavar="A,B", help=f"Lesquelles, parmi {', '.join(WAYS)}.")
    ] = ",".join(WAYS),
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Où écrire les mesures (JSON).")
    ] = None,
) -> None:
    """Inscrit des jeunes inventés par un partenaire, jusqu'au mail reçu."""
    plan = Plan(
        check_count("registrations", registrations, MOST),
        _rate(rate),
        check_count("mails", mails, MAILS),
        check_count("replicas", replicas, MOST_REPLICAS),
        check_count("kill", kill, MOST_KILLS, least=0),
        _share(mentors),
        check_count("present", present, MOST, least=0),
    )
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


def _rate(rate: float | None) -> float | None:
    if rate is not None and not rate > 0:
        raise UserError("--rate : un nombre au-dessus de 0 est attendu.")
    return rate


def _share(mentors: float) -> float:
    if not 0 <= mentors <= 1:
        raise UserError("--mentors : une part de 0 à 1 est attendue.")
    return mentors
