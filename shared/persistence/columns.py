"""Rows as PostgreSQL takes many of them in one statement."""

from collections.abc import Sequence
from typing import Any


def columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The columns of rows, as `unnest` takes them. At least one row."""
    return [list(column) for column in zip(*rows, strict=True)]
