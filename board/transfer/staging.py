"""Where an import waits until all of it is known: a temporary database on the disk, so that memory stays small.

Replies may come before their parents, so places in the tree are found when the last line is read: level by level,
from what needs no other line downwards. What is left has no parent, or is its own ancestor.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from flask_babel import gettext as _

from board.transfer.rows import Row

BATCH = 500
SCHEMA = """
CREATE TABLE row (line INTEGER PRIMARY KEY, source TEXT, id TEXT, parent TEXT, thread TEXT, author TEXT, created TEXT,
  likes INTEGER, body TEXT, html TEXT, parent_line INTEGER, level INTEGER, comment_id INTEGER, above_id INTEGER,
  why TEXT, round INTEGER,
  UNIQUE (source, id));
CREATE TABLE refusal (line INTEGER PRIMARY KEY, id TEXT, why TEXT);
CREATE TABLE thread (external_id TEXT PRIMARY KEY, article_id INTEGER, first_at TEXT, is_new INTEGER DEFAULT 0);
CREATE TABLE author (source TEXT, name TEXT, user_id INTEGER, PRIMARY KEY (source, name)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Refusal:
    """A line that is not imported, and why."""

    line: int
    id: str
    why: str


@dataclass(frozen=True)
class Known:
    """A comment that Board has already."""

    comment_id: int
    thread: str


class Staging:
    """The rows of one import."""

    def __init__(self) -> None:
        """Open an empty temporary database; the system deletes it."""
        self.db = sqlite3.connect("", isolation_level=None)
        self.db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;" + SCHEMA)
        self.db.execute("BEGIN")

    def add(self, row: Row) -> None:
        """Keep a row, unless the file had its ID before."""
        values = (
            row.line, row.source, row.id, row.parent, row.thread, row.author, row.created.isoformat(), row.likes,
            row.body, row.html,
        )  # fmt: skip
        added = self.db.execute(
            "INSERT INTO row (line, source, id, parent, thread, author, created, likes, body, html) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            values,
        )
        if not added.rowcount:
            (first,) = self._one("SELECT line FROM row WHERE source = ? AND id = ?", row.source, row.id)
            self.refuse(row.line, row.id, _("This ID is in line %(n)s already.", n=first))

    def refuse(self, line: int, row_id: str, why: str) -> None:
        """Note why a line is no comment."""
        self.db.execute("INSERT OR IGNORE INTO refusal VALUES (?, ?, ?)", (line, row_id, why))

    def ids(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the rows' IDs, in batches of one source."""
        return self._batches_by_source("SELECT source, id FROM row ORDER BY 1, 2")

    def parents_elsewhere(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the IDs of parents that no line has, in batches of one source."""
        return self._batches_by_source(
            "SELECT DISTINCT source, parent FROM row WHERE parent IS NOT NULL AND parent_line IS NULL ORDER BY 1, 2"
        )

    def _batches_by_source(self, asked: str) -> Iterator[tuple[str, list[str]]]:
        for source, rows in groupby(self._all(asked), key=itemgetter(0)):
            for batch in _batches(rows):
                yield source, [row_id for _source, row_id in batch]

    def mark_known(self, source: str, known: dict[str, Known]) -> None:
        """Note which rows Board has already."""
        self.db.executemany(
            "UPDATE row SET comment_id = ?, thread = ? WHERE source = ? AND id = ?",
            [(k.comment_id, k.thread, source, row_id) for row_id, k in known.items()],
        )

    def mark_parents(self, source: str, known: dict[str, Known]) -> None:
        """Note which parents that no line has Board has."""
        self.db.executemany(
            "UPDATE row SET above_id = ?, thread = ? WHERE source = ? AND parent = ? AND parent_line IS NULL",
            [(k.comment_id, k.thread, source, row_id) for row_id, k in known.items()],
        )

    def link(self) -> None:
        """Find each reply's parent among the lines."""
        self.db.execute(
            "UPDATE row SET parent_line = (SELECT line FROM row AS p WHERE p.source = row.source AND p.id = row.parent)"
            " WHERE parent IS NOT NULL"
        )
        self.db.execute("CREATE INDEX row_parent_line ON row (parent_line)")
        self.db.execute("CREATE INDEX row_level ON row (level, created, line)")
        self.db.execute("CREATE INDEX row_round ON row (round)")

    def place(self) -> None:
        """Give each row its level, and refuse those that hang on nothing. A reply goes to its parent's article."""
        self._refuse_where(
            _("Its parent is neither in this file nor imported before."),
            "comment_id IS NULL AND parent IS NOT NULL AND parent_line IS NULL AND above_id IS NULL",
        )
        self._refuse_below()
        self.db.execute(
            "UPDATE row SET level = 0 WHERE why IS NULL AND (comment_id IS NOT NULL OR parent_line IS NULL)"
        )
        level = 0
        while self.db.execute(
            "UPDATE row SET level = ?, thread = (SELECT thread FROM row AS p WHERE p.line = row.parent_line) "
            "WHERE level IS NULL AND why IS NULL AND parent_line IN (SELECT line FROM row AS p WHERE p.level = ?)",
            (level + 1, level),
        ).rowcount:
            level += 1
        self._refuse_where(_("Its parents form a circle."), "level IS NULL AND why IS NULL")
        self.db.execute(
            "INSERT INTO thread (external_id, first_at) SELECT thread, min(created) FROM row "
            "WHERE why IS NULL AND comment_id IS NULL GROUP BY thread"
        )
        self.db.execute(
            "INSERT INTO author (source, name) SELECT DISTINCT source, author FROM row "
            "WHERE why IS NULL AND comment_id IS NULL"
        )

    def _refuse_where(self, why: str, condition: str) -> None:
        self.db.execute(
            f"UPDATE row SET why = ?, round = 0 WHERE why IS NULL AND {condition}",  # noqa: S608 - our own words
            (why,),
        )

    def _refuse_below(self) -> None:
        """Refuse what hangs on a refused row, and what hangs on that."""
        number, why = 0, _("Its parent was refused.")
        while self.db.execute(
            "UPDATE row SET why = ?, round = ? WHERE why IS NULL AND comment_id IS NULL "
            "AND parent_line IN (SELECT line FROM row AS p WHERE p.round = ?)",
            (why, number + 1, number),
        ).rowcount:
            number += 1

    def new_rows(self, level: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield a level's new rows in the order of time, in batches.

        Columns: source, ID, article, author, parent, time, likes, text, HTML.
        """
        return _batches(
            self._all(
                "SELECT r.source, r.id, t.article_id, a.user_id, coalesce(p.comment_id, r.above_id), r.created, "
                "r.likes, r.body, r.html FROM row AS r JOIN thread AS t ON t.external_id = r.thread "
                "JOIN author AS a ON a.source = r.source AND a.name = r.author "
                "LEFT JOIN row AS p ON p.line = r.parent_line "
                "WHERE r.level = ? AND r.comment_id IS NULL ORDER BY r.level, r.created, r.line",
                level,
            )
        )

    def set_stored(self, ids: Iterable[tuple[int, str, str]]) -> None:
        """Note the IDs that rows got: (comment ID, source, ID there)."""
        self.db.executemany("UPDATE row SET comment_id = ? WHERE source = ? AND id = ?", ids)

    @property
    def levels(self) -> int:
        """Return the number of levels."""
        (highest,) = self._one("SELECT max(level) FROM row WHERE why IS NULL")
        return 0 if highest is None else int(highest) + 1

    def threads(self) -> Iterator[list[tuple[str, datetime]]]:
        """Yield the articles that get comments, each with the time of its first one, in batches."""
        for batch in _batches(self._all("SELECT external_id, first_at FROM thread ORDER BY 1")):
            yield [(thread, datetime.fromisoformat(first)) for thread, first in batch]

    def set_articles(self, ids: dict[str, int], new: set[str]) -> None:
        """Note the articles' IDs, and which of them the import made or would make."""
        self.db.executemany(
            "UPDATE thread SET article_id = ?, is_new = ? WHERE external_id = ?",
            [(ids.get(thread), thread in new, thread) for thread in {*ids, *new}],
        )

    def article_ids(self) -> Iterator[int]:
        """Yield the articles' IDs in rising order."""
        return (article_id for (article_id,) in self.db.execute("SELECT article_id FROM thread ORDER BY 1").fetchall())

    def authors(self) -> Iterator[list[tuple[str, str]]]:
        """Yield the authors, as (source, name), in batches."""
        return _batches(self._all("SELECT source, name FROM author ORDER BY 1, 2"))

    def set_authors(self, ids: dict[tuple[str, str], int]) -> None:
        """Note the authors' member IDs."""
        values = [(user_id, source, name) for (source, name), user_id in ids.items()]
        self.db.executemany("UPDATE author SET user_id = ? WHERE source = ? AND name = ?", values)

    def refusals(self, limit: int = -1) -> Iterator[Refusal]:
        """Yield the refused lines in order."""
        asked = (
            "SELECT line, id, why FROM refusal UNION ALL SELECT line, id, why FROM row WHERE why IS NOT NULL "
            "ORDER BY line LIMIT ?"
        )
        for found in self.db.cursor().execute(asked, (limit,)):
            yield Refusal(*found)

    def counts(self) -> dict[str, int]:
        """Return how many lines, comments, known ones, refusals, articles and authors there are."""
        names = ("comments", "known", "refused", "articles", "new_articles", "authors")
        found = self._one(
            "SELECT (SELECT count(*) FROM row WHERE why IS NULL) - "
            "(SELECT count(*) FROM row WHERE why IS NULL AND comment_id IS NOT NULL), "
            "(SELECT count(*) FROM row WHERE why IS NULL AND comment_id IS NOT NULL), "
            "(SELECT count(*) FROM refusal) + (SELECT count(*) FROM row WHERE why IS NOT NULL), "
            "(SELECT count(*) FROM thread), (SELECT count(*) FROM thread WHERE is_new), (SELECT count(*) FROM author)"
        )
        return dict(zip(names, found, strict=True))

    def close(self) -> None:
        """Let the temporary database go."""
        self.db.close()

    def _all(self, asked: str, *values: object) -> Iterator[Any]:
        """Yield an answer row by row. Meanwhile only columns are written that no index in use holds."""
        return self.db.cursor().execute(asked, values)

    def _one(self, statement: str, *values: object) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.db.execute(statement, values).fetchone()
        return found


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
