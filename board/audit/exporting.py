"""The log with its links as a file, JSON lines or CSV; both can be verified again without the database."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Select, select

from board.audit.chain import FIELDS, AuditLink, as_written, moment_text
from board.audit.entries import AuditEntry
from board.audit.verifying import Linked
from board.extensions import db
from board.spreadsheets import csv_of, unmarked

FORMATS = ("jsonl", "csv")
COLUMNS = ("number", *FIELDS, "linked_at", "previous", "hash")
NUMBERS = frozenset({"id", "site_id", "actor_id"})
OBJECTS = frozenset({"before", "after"})
ROWS_AT_ONCE = 500


class NotALog(Exception):
    """The file is none of ours: says where."""


def whole_log() -> Select[AuditLink, AuditEntry]:
    """Select every link with its entry, in the chain's order; the entry is missing where somebody took it away."""
    return (
        select(AuditLink, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.number)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def linked_entries(wanted: Select[AuditLink, AuditEntry] | None = None) -> Iterator[Linked]:
    """Yield the links with their entries, a bounded number in memory."""
    for part in db.session.execute(whole_log() if wanted is None else wanted).partitions():
        for link, entry in part:
            written = as_written(entry) if entry else None
            yield Linked(link.number, link.entry_id, link.linked_at, link.previous, link.hash, written)


def as_lines(linked: Iterable[Linked], form: str) -> Iterator[str]:
    """Yield the file, line by line."""
    if form == "csv":
        yield _csv_line(COLUMNS)
    for one in linked:
        yield _csv_line(_cells(one)) if form == "csv" else json.dumps(_as_object(one), ensure_ascii=False) + "\n"


def read_file(file: IO[str]) -> Iterator[Linked]:
    """Yield what an exported file of either form holds. Raises NotALog."""
    first = file.readline().lstrip("\ufeff")
    if first.startswith("{") or not first.strip():
        yield from _read_jsonl(first, file)
    elif next(csv.reader([first])) == list(COLUMNS):
        yield from _read_csv(file)
    else:
        raise NotALog("The file's first line is not that of an exported log.")


def _as_object(linked: Linked) -> dict[str, Any]:
    links = {"previous": linked.previous, "hash": linked.hash, "linked_at": moment_text(linked.linked_at)}
    return {"number": linked.number, "entry_id": linked.entry_id, "entry": linked.entry, **links}


def _read_jsonl(first: str, rest: IO[str]) -> Iterator[Linked]:
    for place, line in _numbered(first, rest):
        try:
            found = json.loads(line)
            entry = dict(found["entry"]) if found["entry"] is not None else None
            moment = datetime.fromisoformat(found["linked_at"])
            yield Linked(int(found["number"]), int(found["entry_id"]), moment, found["previous"], found["hash"], entry)
        except (ValueError, KeyError, TypeError) as error:
            raise NotALog(f"Line {place} is not a line of an exported log.") from error


def _numbered(first: str, rest: IO[str]) -> Iterator[tuple[int, str]]:
    if first.strip():
        yield 1, first
    for place, line in enumerate(rest, 2):
        if line.strip():
            yield place, line


def _cells(linked: Linked) -> list[str]:
    entry = linked.entry or dict.fromkeys(FIELDS) | {"id": linked.entry_id}
    fields = [json.dumps(entry[n], ensure_ascii=False) if n in OBJECTS else entry[n] for n in FIELDS]
    row = [linked.number, *fields, moment_text(linked.linked_at), linked.previous, linked.hash]
    return ["" if cell is None else str(cell) for cell in row]


def _csv_line(cells: Sequence[str]) -> str:
    return csv_of([cells], can_be_unmarked=True)


def _read_csv(rest: IO[str]) -> Iterator[Linked]:
    for place, cells in enumerate(csv.reader(rest), 2):
        try:
            row = dict(zip(COLUMNS, (unmarked(cell) for cell in cells), strict=True))
            moment = datetime.fromisoformat(row["linked_at"])
            entry = {name: _value(name, row[name]) for name in FIELDS} if row["at"] else None
            yield Linked(int(row["number"]), int(row["id"]), moment, row["previous"], row["hash"], entry)
        except (ValueError, KeyError) as error:
            raise NotALog(f"Row {place} is not a row of an exported log.") from error


def _value(name: str, cell: str) -> Any:
    if name in OBJECTS:
        return json.loads(cell)
    if name in NUMBERS:
        return int(cell) if cell else None
    return cell
