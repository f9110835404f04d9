"""Progress of a long command: a bar on a terminal, plain lines elsewhere; always on stderr."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


def write_notice(sentence: str) -> None:
    """Says something to the operator beside the result."""
    typer.echo(sentence, err=True)


class Steps:
    """Follows a command through named steps, in their order; `labels` are what people read."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._bar = _bar()
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("", total=len(self._labels))
        return self

    def begin(self, step: str) -> None:
        """Says that a step begins, and so that the one before is done."""
        if self._bar is None or self._task is None:
            write_notice(f"{self._labels[step]}…")
            return
        done = list(self._labels).index(step)
        self._bar.update(self._task, description=self._labels[step], completed=done)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar() -> Progress | None:
    console = Console(stderr=True)
    if not console.is_terminal:
        return None
    parts = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*parts, console=console, transient=True)
