"""Find comments by their words, author, article, time and state, in pages; within the moderator's reach.

What is typed is never a pattern of the database's: `%`, `_`, quotes and signs mean themselves, or nothing. Words must
all be there; "words in quotes" must stand together; -word must not be there; word* is the beginning of a word.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, or_, select, table, tuple_

from board.accounts.models import User
from board.accounts.names import lookalike_key
from board.accounts.reach import Reach
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.sorting import SORTS
from board.days import NotADay, begin_of, parse_day
from board.extensions import db
from board.moderation.queues import IS_HELD, IS_PUBLISHED, IS_REMOVED, WAITS
from board.urls import row_number

PAGE_SIZE = 50
MAX_TERMS = 12
MAX_WORDS_OF_TERM = 20
MAX_FOUND = 50  # members or articles that a name may stand for
MAX_CHARACTERS = 200
STATES = ("published", "held", "removed")
TERM = re.compile(r'(-?)"([^"]*)"?|(\S+)')
WORD = re.compile(r"[^\W_]+")
NEWEST = SORTS["newest"]
SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")  # PostgreSQL: words as they are, of any language


@dataclass(frozen=True)
class Term:
    """Words that stand together."""

    words: tuple[str, ...]
    is_excluded: bool = False
    is_beginning: bool = False  # of its last word


@dataclass
class Search:
    """What is looked for, as it was typed, and what was found."""

    words: str = ""
    member: str = ""
    article: str = ""
    since: str = ""
    until: str = ""
    state: str = ""
    problems: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    next_cursor: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """Return what the address of a page of it holds."""
        names = ("words", "member", "article", "since", "until", "state")
        return {name: value for name in names if (value := getattr(self, name))}


def read_search(asked: Mapping[str, str]) -> Search:
    """Return the search that a query string asks for."""
    names = ("words", "member", "article", "since", "until", "state")
    typed = [asked.get(name, "").replace("\0", "").strip()[:MAX_CHARACTERS] for name in names]
    search = Search(*typed)  # type: ignore[arg-type]
    search.state = search.state if search.state in STATES else ""
    return search


def find(search: Search, cursor: str, within: Reach) -> Search:
    """Fill in the IDs of a page of what is found behind the cursor, the newest first."""
    stands = select(Comment.id, Comment.created_at).where(Comment.state != "deleted", within.covers(Comment.site_id))
    query = _by_state(cast("Select[Any]", stands), search.state)
    for condition in (_written_by(search), _on_article(search, within), *_in_time(search)):
        query = query.where(condition) if condition is not None else query
    terms = terms_in(search.words)
    if terms:
        query = _with_words(query, terms)
    by_number = bool(terms) or search.state in {"held", "removed"}
    query = _behind(query, cursor, by_number)
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    search.ids = [row.id for row in shown]
    if len(rows) > PAGE_SIZE:
        search.next_cursor = f"i{shown[-1].id}" if by_number else NEWEST.cursor(shown[-1])
    return search


def terms_in(typed: str) -> list[Term]:
    """Return the terms in what was typed; none if it says only what must not be there."""
    terms = []
    for minus, quoted, plain in TERM.findall(unicodedata.normalize("NFKC", typed)):
        is_excluded = bool(minus) or (plain.startswith("-") and len(plain) > 1)
        words = tuple(WORD.findall(quoted or plain))[:MAX_WORDS_OF_TERM]
        if words:
            terms.append(Term(words, is_excluded, plain.endswith("*")))
    kept = terms[:MAX_TERMS]
    return kept if any(not term.is_excluded for term in kept) else []


def fts5_query(terms: list[Term]) -> str:
    """Return the terms as SQLite's FTS5 reads them: every word is quoted, so none is an operator."""

    def one(term: Term) -> str:
        return f'"{" ".join(term.words)}"' + (" *" if term.is_beginning else "")

    wanted = " AND ".join(one(term) for term in terms if not term.is_excluded)
    return "".join([f"({wanted})", *(f" NOT {one(term)}" for term in terms if term.is_excluded)])


def tsquery(terms: list[Term]) -> ColumnElement[Any]:
    """Return the terms as PostgreSQL's tsquery: each is a parameter that PostgreSQL itself takes apart."""
    parts: list[ColumnElement[Any]] = []
    for term in terms:
        if term.is_beginning and len(term.words) == 1:
            part: ColumnElement[Any] = func.to_tsquery(SIMPLE, f"{term.words[0]}:*")
        else:
            part = func.phraseto_tsquery(SIMPLE, " ".join(term.words))
        parts.append(func.tsquery_not(part) if term.is_excluded else part)
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.op("&&")(part)
    return whole


def _with_words(query: Select[Any], terms: list[Term]) -> Select[Any]:
    if db.engine.dialect.name == "sqlite":
        words = table("comment_words", column("rowid"), column("comment_words"))
        is_match = words.c.comment_words.op("MATCH")(bindparam("terms", fts5_query(terms)))
        return query.join(words, words.c.rowid == Comment.id).where(is_match)
    words = table("comment_words", column("comment_id"), column("words"))
    return query.join(words, words.c.comment_id == Comment.id).where(words.c.words.op("@@")(tsquery(terms)))


def _by_state(query: Select[Any], state: str) -> Select[Any]:
    if state == "held":
        return query.where(WAITS, IS_HELD)
    return query.where(IS_REMOVED if state == "removed" else IS_PUBLISHED) if state else query


def _written_by(search: Search) -> ColumnElement[bool] | None:
    """Return the condition on the author: by number, by name, or by how the name begins."""
    if not search.member:
        return None
    ids = _member_ids(search.member)
    if not ids:
        search.problems.append(str(_("There is no member of this name.")))
    return Comment.author_id == ids[0] if len(ids) == 1 else Comment.author_id.in_(ids)


def _member_ids(name: str) -> list[int]:
    if name.startswith("#"):
        try:
            return [row_number(name[1:])]
        except ValueError:
            return []
    exact = db.session.scalars(select(User.id).where(User.name_key == lookalike_key(name))).all()
    if exact:
        return list(exact)
    begins = User.display_name.istartswith(name, autoescape=True)
    return list(db.session.scalars(select(User.id).where(begins).order_by(User.id).limit(MAX_FOUND)))


def _on_article(search: Search, within: Reach) -> ColumnElement[bool] | None:
    """Return the condition on the article: by its ID, or by words in its title."""
    if not search.article:
        return None
    is_it = or_(Article.external_id == search.article, Article.title.icontains(search.article, autoescape=True))
    found = select(Article.id).where(is_it, within.covers(Article.site_id)).order_by(Article.id.desc()).limit(MAX_FOUND)
    ids = list(db.session.scalars(found))
    if not ids:
        search.problems.append(str(_("No article has this ID, or this in its title.")))
    return Comment.article_id == ids[0] if len(ids) == 1 else Comment.article_id.in_(ids)


def _in_time(search: Search) -> list[ColumnElement[bool]]:
    since, until = _day(search, search.since), _day(search, search.until)
    conditions = [Comment.created_at >= since] if since else []
    return [*conditions, Comment.created_at < until + timedelta(days=1)] if until else conditions


def _day(search: Search, typed: str) -> datetime | None:
    """Return when the day begins where the site is."""
    if not typed:
        return None
    try:
        return begin_of(parse_day(typed))
    except NotADay:
        search.problems.append(str(_("Write a date like 2026-11-28.")))
        return None


def _behind(query: Select[Any], cursor: str, by_number: bool) -> Select[Any]:
    if by_number:
        try:
            last = row_number(cursor.removeprefix("i")) if cursor.startswith("i") else None
        except ValueError:
            last = None
        query = query.where(Comment.id < last) if last is not None else query
        return query.order_by(Comment.id.desc())
    place = NEWEST.place(cursor)
    query = query.where(tuple_(Comment.created_at, Comment.id) < tuple_(*place)) if place else query
    return query.order_by(Comment.created_at.desc(), Comment.id.desc())
