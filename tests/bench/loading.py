"""Bulk data, reproducible and set-based: the database makes the rows itself from three small tables.

A thread is a block of twenty comments, nested up to five deep, repeated as often as its size asks for, with other
authors, texts and likes in each. So every counter is known by arithmetic, on SQLite and on PostgreSQL alike.
"""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    true,
)

from board.comments.models import Comment, Thread
from board.comments.ranking import wilson
from board.extensions import Model
from board.markup import RENDERER_VERSION, render_comment

SEED = 2003  # gives a block of seven roots with replies down to the fifth level
BLOCK = 20  # comments; sizes of threads are multiples of it
DEEPEST = 5
TEXTS = 499  # prime, so that neighbours differ
LIKES = 61
FIRST_SECOND = 1_760_000_000  # of the oldest comment, in seconds since 1970
WORDS = (
    *("the", "curtain", "rises", "a", "second", "act", "that", "nobody", "saw", "coming", "and", "orchestra", "plays"),
    *(
        "on",
        "while",
        "stage",
        "fills",
        "with",
        "rain",
        "lights",
        "fall",
        "upon",
        "an",
        "empty",
        "chair",
        "she",
        "sings",
    ),
    *("it", "twice", "I", "would", "go", "again", "for", "her", "voice", "alone", "but", "tickets", "were", "dear"),
    *("our", "row", "laughed", "through", "every", "scene", "director", "trusts", "silence", "more", "than", "any"),
)

_metadata = MetaData()
_texts = Table(
    "bench_text", _metadata, Column("n", Integer, primary_key=True, autoincrement=False), Column("source", Text),
    Column("html", Text),
)  # fmt: skip
_likes = Table(
    "bench_likes", _metadata, Column("n", Integer, primary_key=True, autoincrement=False), Column("likes", Integer),
    Column("rank", Float),
)  # fmt: skip
_block = Table(
    "bench_block", _metadata, Column("slot", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Integer) for name in ("parent_slot", "root_slot", "depth", "ordinal", "replies", "descendants")),
)  # fmt: skip


@dataclass
class Slot:
    """A comment's place in the block; for a root `ordinal` counts the block's roots."""

    slot: int
    parent_slot: int | None
    root_slot: int | None
    depth: int
    ordinal: int
    replies: int = 0
    descendants: int = 0


def block() -> list[Slot]:
    """Return the block: some roots, the other comments somewhere below them."""
    dice = random.Random(SEED)
    slots: list[Slot] = []
    for number in range(BLOCK):
        open_slots = [slot for slot in slots if slot.depth < DEEPEST]
        parent = dice.choice(open_slots[-4:]) if open_slots and dice.random() < 0.7 else None
        if parent is None:
            slots.append(Slot(number, None, None, 0, sum(slot.depth == 0 for slot in slots)))
            continue
        root = slots[parent.slot if parent.root_slot is None else parent.root_slot]
        slots.append(Slot(number, parent.slot, root.slot, parent.depth + 1, parent.replies))
        parent.replies += 1
        root.descendants += 1
    return slots


def comment_text(number: int) -> str:
    """Return one of the texts: about 300 characters of Markdown."""
    dice = random.Random(SEED + number)
    words = dice.choices(WORDS, k=52)
    words[dice.randrange(40)] = "*opening night*"
    words[44] = "\n\n" + words[44]
    return f"{' '.join(words)}, thought no. {number}."


def bulk_connection_rules(engine: Engine) -> list[str]:
    """Return what makes this connection, and no other, load quickly; what it loads is consistent by arithmetic."""
    if engine.dialect.name == "sqlite":
        return ["PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-200000"]
    return ["SET session_replication_role = replica", "SET synchronous_commit = off"]


class Loader:
    """Fill one database."""

    def __init__(self, engine: Engine) -> None:
        """Make the small tables that everything is made from."""
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        _metadata.create_all(engine)
        rows = [{"n": n, "source": comment_text(n), "html": render_comment(comment_text(n))} for n in range(TEXTS)]
        liked = [{"n": n, "likes": n * n // 30, "rank": wilson(n * n // 30, 0)} for n in range(LIKES)]
        with engine.begin() as connection:
            connection.execute(insert(_texts), rows)
            connection.execute(insert(_likes), liked)
            connection.execute(insert(_block), [vars(slot) for slot in block()])

    def threads(self, first_article: int, articles: int, size: int, first_author: int, authors: int) -> None:
        """Give each of the articles a thread of `size` comments."""
        blocks = size // BLOCK
        base = self._next_id(Comment)
        n, rows, article = numbers(articles * blocks), Comment.__table__.c, first_article
        first = base + n * BLOCK
        number = first + _block.c.slot
        roots = sum(slot.depth == 0 for slot in block())
        values = {
            rows.id: number,
            rows.site_id: literal(1),
            rows.article_id: article + n // blocks,
            rows.parent_id: first + _block.c.parent_slot,
            rows.root_id: first + _block.c.root_slot,
            rows.depth: _block.c.depth,
            rows.ordinal: case(
                (_block.c.parent_slot.is_(None), (n % blocks) * roots + _block.c.ordinal), else_=_block.c.ordinal
            ),
            rows.author_id: first_author + (number * 7919) % authors,
            rows.body_source: _texts.c.source,
            rows.body_html: _texts.c.html,
            rows.renderer_version: literal(RENDERER_VERSION),
            rows.created_at: self.moment(number - base),
            rows.like_count: _likes.c.likes,
            rows.imported_likes: _likes.c.likes,
            rows.rank: _likes.c.rank,
            rows.reply_count: _block.c.replies,
            rows.listed_reply_count: _block.c.replies,
            rows.descendant_count: _block.c.descendants,
        }
        chosen = select(*values.values()).select_from(n.table.join(_block, true()))
        chosen = chosen.join(_texts, _texts.c.n == (number * 31) % TEXTS)
        chosen = chosen.join(_likes, _likes.c.n == (number * 101) % LIKES)
        self.fill(Comment, list(values), chosen)
        counts, one = Thread.__table__.c, literal(1)
        thread: dict[Any, Any] = {
            counts.article_id: article + numbers(articles),
            counts.site_id: one,
            counts.version: one,
            counts.comment_count: literal(size),
            counts.listed_count: literal(size),
            counts.root_count: literal(roots * blocks),
        }
        self.fill(Thread, list(thread), select(*thread.values()))

    def fill(self, model: type[Model], columns: list[Any], rows: Select[Any]) -> None:
        """Insert what the query gives; columns left out get the model's defaults."""
        statement = insert(model.__table__).from_select([column.name for column in columns], rows)  # type: ignore[arg-type]
        with self.engine.connect() as connection:
            for rule in bulk_connection_rules(self.engine):
                connection.exec_driver_sql(rule)
            connection.commit()
            connection.execute(statement)
            connection.commit()
            connection.invalidate()

    def moment(self, seconds: Any) -> Any:
        """Return the time so many seconds after the first comment, as the database keeps times."""
        if self.is_sqlite:
            return func.strftime("%Y-%m-%d %H:%M:%f000", FIRST_SECOND + seconds, "unixepoch")
        return func.to_timestamp(FIRST_SECOND + seconds)

    def settle(self) -> None:
        """Leave the database as a busy week would: numbers go on behind ours, statistics known on PostgreSQL."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("member", "article", "comment", "ballot", "ballot_option", "vote_record"):
                highest = f"(SELECT coalesce(max(id), 1) FROM {table})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {highest})"))
            connection.execute(text("VACUUM ANALYZE"))

    def tidy(self) -> None:
        """Take the small tables away."""
        _metadata.drop_all(self.engine)

    def _next_id(self, model: Any) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(select(func.coalesce(func.max(model.id), 0))) or 0) + 1


def numbers(count: int) -> Any:
    """Return a column that counts from 0 to `count` - 1."""
    counter = select(cast(0, BigInteger).label("n")).cte("numbers", recursive=True)
    counter = counter.union_all(select(counter.c.n + 1).where(counter.c.n < count - 1))
    return counter.c.n


def padded(prefix: str, number: Any, width: int) -> Any:
    """Return a text key of the length that real ones have."""
    return literal(prefix + "0" * (width - 8)) + cast(number + 10_000_000, String)
