"""Tables for spreadsheets: CSV as RFC 4180 has it, in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"  # which spreadsheets take for: the rest is text


def csv_of(rows: Iterable[Sequence[Any]], *, can_be_unmarked: bool = False) -> str:
    """Return the rows as CSV; texts that a spreadsheet would take for a formula are marked.

    `can_be_unmarked`: texts that begin with the mark itself get another, so that all marks can be taken off again.
    """
    starts = (*STARTS_OF_FORMULAS, MARK) if can_be_unmarked else STARTS_OF_FORMULAS
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_marked(cell, starts) for cell in row] for row in rows)
    return written.getvalue()


def unmarked(cell: str) -> str:
    """Return the cell as it was before, where all marks can be taken off again."""
    return cell.removeprefix(MARK)


def _marked(cell: Any, starts: tuple[str, ...]) -> Any:
    return MARK + cell if isinstance(cell, str) and cell.startswith(starts) else cell
