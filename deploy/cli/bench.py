"""`binome bench`: Binôme's own benchmarks, each beside its reference in the same run."""

import typer

from deploy.cli.bench_api import api
from deploy.cli.bench_matching import matching
from deploy.cli.bench_pipeline import pipeline

bench = typer.Typer(no_args_is_help=True, help="Mesure Binôme, à côté de ses références.")
bench.command()(matching)
bench.command()(pipeline)
bench.command()(api)


@bench.callback()
def benchmarks() -> None:
    """Mesure Binôme, à côté de ses références, dans la même exécution."""
