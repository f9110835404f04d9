"""What the commands of `binome bench` share: checked options, the file and the tables."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console

from deploy.bench.sheet import WIDE, Sheet
from shared.service.user_error import UserError
from shared.spreadsheets import InvalidSheet, check_targets, replace_files

Way = TypeVar("Way")


def check_count(option: str, count: int, most: int, least: int = 1) -> int:
    """The number, if it is within bounds. Raises UserError."""
    if not least <= count <= most:
        raise UserError(f"--{option} : un nombre de {least} à {most} est attendu, pas {count}.")
    return count


def select_ways(written: str, ways: Mapping[str, Way]) -> dict[str, Way]:
    """The ways asked for (`a,b`), in the order of `ways`. Raises UserError for another."""
    asked = [name.strip() for name in written.split(",")]
    for name in asked:
        if name not in ways:
            raise UserError(f"--ways : « {name} » est inconnu (attendu : {', '.join(ways)}).")
    return {name: way for name, way in ways.items() if name in asked}


def check_target(target: Path | None) -> None:
    """Refuse a file that could not be written, before anything is measured. Raises UserError."""
    try:
        check_targets([target] if target else [])
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None


def write_result(target: Path, content: str) -> None:
    """Write the file whole or not at all. Raises UserError."""
    try:
        replace_files({target: content})
    except OSError as error:
        raise UserError(f"{error.filename or target} : {error.strerror}.") from None


def show_sheets(french: Sheet, english: Sheet) -> None:
    """The table for who runs it, then the same for the README."""
    console = Console()
    if console.is_terminal and console.width >= WIDE:
        console.print(french.to_table())
    else:
        typer.echo("\n".join(french.to_lines()))
    typer.echo(f"\n{english.to_markdown()}")


def raise_failure(failures: Collection[tuple[str, str | None]]) -> None:
    """Raises UserError, for status 1, with the first (label, why) of what failed."""
    for label, says in failures:
        raise UserError(f"{label} : {says}")
