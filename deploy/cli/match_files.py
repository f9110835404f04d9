"""Two spreadsheets in, pairs out, proved and checked again. No server, no broker, no database."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from deploy.cli.progress import Steps, write_notice
from services.matching.domain.round_input import RoundInput, RoundUnsolved
from services.matching.domain.round_result import RoundResult
from services.matching.domain.verdict import Verdict
from services.matching.gateways.certificate_file import certificate_text, read_certificate
from services.matching.gateways.explanation_file import explanations_text
from services.matching.gateways.pairs_file import DIGITS, pairs_text, read_pairs
from services.matching.gateways.round_files import ReadRound, RoundFiles, read_round
from shared.contracts.types import PARIS
from shared.spreadsheets import InvalidCell, InvalidSheet, check_targets, day, replace_files

_LABELS = {
    "reading": "Lecture des fichiers",
    "gates": "Portes et scores de tous les couples",
    "optimum": "Recherche du meilleur appariement",
    "proof": "Preuve",
    "explanations": "Explications",
    "check": "Contrôle indépendant",
    "writing": "Écriture",
}


@dataclass(frozen=True)
class Outputs:
    """Where to write what: the pairs, and whatever else is wanted (None: not)."""

    pairs: Path
    certificate: Path | None = None
    explanations: Path | None = None
    summary: Path | None = None

    def present(self) -> list[Path]:
        """The files that will be written."""
        wanted = (self.pairs, self.certificate, self.explanations, self.summary)
        return [path for path in wanted if path is not None]


def match_files(files: RoundFiles, outputs: Outputs, at: str | None) -> None:
    """Solve, check and write the round of these files, held on the day `at` as people write it
    (None: today). Ends the command with status 1 where a person can put something right."""
    start = time.perf_counter()
    with _plain_faults():
        check_targets(outputs.present(), files.present())
        with Steps(_LABELS) as steps:
            steps.begin("reading")
            read = read_round(files, _day(at) if at else datetime.now(PARIS).date())
            result = _solve_and_verify(read.given, steps, outputs.explanations is not None)
            steps.begin("writing")
            contents = {outputs.pairs: pairs_text(result.pairs)}
            if outputs.certificate is not None:
                contents[outputs.certificate] = certificate_text(result.certificate)
            if outputs.explanations is not None:
                contents[outputs.explanations] = explanations_text(result.explanations)
            if outputs.summary is not None:
                summary = summary_of(read.given, result, time.perf_counter() - start)
                contents[outputs.summary] = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
            replace_files(contents)
    _tell(read, result, outputs.pairs)


def verify_files(files: RoundFiles, pairs: Path, certificate: Path, at: str | None) -> None:
    """Check the pairs in a file against the files of their round and their certificate; says what
    is wrong and ends the command with status 1."""
    from services.matching.engine.verification.verifier import verify as verdict_on

    with _plain_faults():
        proof = read_certificate(certificate)
        stated = read_pairs(pairs)
        read = read_round(files, _day(at) if at else proof.at)
    for warning in read.warnings:
        write_notice(warning)
    verdict = verdict_on(read.given, stated, proof, DIGITS)
    _tell_verdict(verdict)
    typer.echo(f"Vérifié : {len(stated)} binômes, tous permis, et rien de mieux n'existe.")


def _solve_and_verify(given: RoundInput, steps: Steps, explain: bool) -> RoundResult:
    """The best round, checked before anything is written."""
    from services.matching.engine.solve import solve  # the solver: not for `verify` nor `--help`
    from services.matching.engine.verification.verifier import verify_round

    result = solve(given, on_step=steps.begin, explain=explain)
    steps.begin("check")
    _tell_verdict(verify_round(given, result))
    return result


def _tell_verdict(verdict: Verdict) -> None:
    """Says the notes; ends with status 1 at a violation, the first one named."""
    for note in verdict.notes:
        write_notice(note)
    if verdict.violations:
        more = len(verdict.violations) - 1
        write_notice(verdict.violations[0].says + (f" ({more} de plus)" if more else ""))
        raise typer.Exit(1)


@contextmanager
def _plain_faults() -> Iterator[None]:
    """What a person can put right is said plainly, without a traceback, and ends with status 1."""
    try:
        yield
    except InvalidSheet as refusal:
        write_notice(str(refusal))
    except InvalidCell as refusal:
        write_notice(f"--at : {refusal}")
    except RoundUnsolved as unsolved:
        write_notice(f"Aucun appariement : {unsolved}")
    except OSError as error:
        write_notice(f"{error.filename or 'Écriture'} : {error.strerror}.")
    else:
        return
    raise typer.Exit(1)


def _day(written: str) -> date:
    return day(written)


def summary_of(given: RoundInput, result: RoundResult, seconds: float) -> dict[str, Any]:
    """What programs read (`--json`): seconds of the whole command, megabytes at its peak."""
    return {
        "mentees": len(given.mentees),
        "mentors": len(given.mentors),
        "permitted": result.permitted,
        "pairs": len(result.pairs),
        "score": result.score,
        "bound": result.bound,
        "gap": result.gap,
        "price_of_fairness": result.price_of_fairness,
        "floors": [asdict(floor) for floor in result.floors],
        "seconds": round(seconds, 3),
        "peak_mb": round(_peak_mb(), 1),
    }


def _peak_mb() -> float:
    import resource  # not on every system, and only this figure needs it

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _tell(read: ReadRound, result: RoundResult, out: Path) -> None:
    for warning in read.warnings:
        write_notice(warning)
    people = f"{len(read.given.mentees)} jeunes et {len(read.given.mentors)} mentors"
    typer.echo(f"{len(result.pairs)} binômes pour {people}, écrits dans {out}.")
    typer.echo(
        f"Score {result.score:.6f}, au plus {result.bound:.6f} possible "
        f"(écart {result.gap:.1e}) ; {result.permitted} couples permis."
    )
    for floor in result.floors:
        typer.echo(f"Plancher {floor.public} : {floor.wanted} voulus, {floor.served} servis.")
    if result.floors:
        typer.echo(f"Prix de l'équité : {result.price_of_fairness:.6f} de score.")
