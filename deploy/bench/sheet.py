"""The table of a benchmark, in the three forms in which people read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.table import Table

WIDE = 110
"""Columns of a terminal on which the table is legible; `to_lines` serves below that."""


@dataclass(frozen=True)
class Line:
    """One way: its label, a cell a column (empty where there is no figure), and a remark."""

    label: str
    cells: Sequence[str]
    remark: str = ""


@dataclass(frozen=True)
class Sheet:
    """A headline, titles (of the labels, of each cell, of the remarks) and a line a way."""

    headline: str
    titles: tuple[str, Sequence[str], str]
    lines: Sequence[Line]

    @property
    def remarks(self) -> list[str]:
        """What is to be said of each way."""
        return [f"{line.label} : {line.remark}" for line in self.lines if line.remark]

    def to_table(self) -> Table:
        """For a terminal: figures first, below them the remarks."""
        label, columns, _ = self.titles
        shown = Table(title=self.headline, box=SIMPLE, padding=(0, 1, 0, 0))
        shown.caption, shown.caption_justify = "\n".join(self.remarks), "left"
        shown.add_column(label, no_wrap=True)
        for column in columns:
            shown.add_column(column, justify="right", no_wrap=True)
        for line in self.lines:
            shown.add_row(line.label, *line.cells)
        return shown

    def to_lines(self) -> list[str]:
        """For a file or a pipe: a line a way, nothing that has no figure."""
        rows = [self.headline]
        for line in self.lines:
            named = zip(self.titles[1], line.cells, strict=True)
            figures = " · ".join(f"{name} {text}" for name, text in named if text)
            rows.append(f"{line.label} : {figures or line.remark}")
        return rows + self.remarks

    def to_markdown(self) -> str:
        """For the README."""
        label, columns, remark = self.titles
        rules = ["---", *("---:" for _ in columns), "---"]
        rows = [[line.label, *line.cells, line.remark] for line in self.lines]
        written = [
            f"| {' | '.join(cells)} |" for cells in ([label, *columns, remark], rules, *rows)
        ]
        return "\n".join([self.headline, "", *written])


def whole(number: int) -> str:
    """Thousands apart by a space."""
    return f"{number:,}".replace(",", " ")
