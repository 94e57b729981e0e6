"""The queries of a thread's page: each a bounded range of an index, in a number that does not grow with the page.

They return `ShownComment`s, not `Comment`s: a page shows a hundred, and building a hundred stored objects costs more
than all the rest of the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    any_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased

from board.accounts.models import User
from board.accounts.reach import SiteRole
from board.articles.models import Article
from board.comments.models import Comment, Reaction
from board.comments.rules import CommentRules
from board.comments.sorting import Sort
from board.extensions import db, table_of
from board.statements import Prepared
from board.storage import is_among

NO_END = 2**62  # an ordinal that no reply reaches
MAX_HELD_SHOWN = 50  # of those waiting in one thread; moderators find the rest at their desk
ANCESTOR_STEPS = 64  # from a comment upwards in one query
# Written out: SQLite prepares a statement again at each use if a parameter decides whether an index will do.
HELD: ColumnElement[str] = literal_column("'held'")


@dataclass(slots=True)
class ShownComment(CommentRules):
    """A comment as a page shows it. The fields are in the order of the columns in `_comments`."""

    id: int
    site_id: int
    article_id: int
    parent_id: int | None
    root_id: int | None
    depth: int
    ordinal: int
    author_id: int
    body_html: str
    state: str
    is_listed: bool
    lock_id: int | None
    created_at: datetime
    edited_at: datetime | None
    removal_reason: str
    like_count: int
    rank: float
    reply_count: int
    listed_reply_count: int
    descendant_count: int
    author_name: str
    author_role: str
    author_title: str
    author_site_role: str | None
    has_open_thread: bool = False

    @property
    def badge(self) -> str:
        """Return what stands beside the author's name: a title, or the name of a role on this site; empty for most."""
        return self.author_title or (self.author_site_role if self.author_role == "member" else self.author_role) or ""

    @property
    def is_thread_open(self) -> bool:
        """Tell whether the article still takes comments."""
        return self.has_open_thread


shown_by = partial(Prepared, kind=ShownComment)  # a statement whose rows are comments as a page shows them

NAMES = (
    *("id", "site_id", "article_id", "parent_id", "root_id", "depth", "ordinal", "author_id", "body_html", "state"),
    *("is_listed", "lock_id", "created_at", "edited_at", "removal_reason", "like_count", "rank"),
    *("reply_count", "listed_reply_count", "descendant_count"),
)


def roots(article_id: int, sort: Sort, limit: int, at: tuple[Any, int] | None, *, towards_start: bool = False,
          is_inclusive: bool = False) -> list[ShownComment]:  # fmt: skip
    """Return up to `limit` roots in the sort's order: those after the place, or before it, nearest ones only."""
    rises = sort.is_ascending != towards_start
    place = {} if at is None else {"key": at[0], "last": at[1]}
    found = _shown(_roots(sort, rises, is_inclusive, at is not None), article=article_id, rows=limit, **place)
    return found[::-1] if towards_start else found


@cache
def _roots(sort: Sort, rises: bool, is_inclusive: bool, has_place: bool) -> Prepared:
    """Build each of these few statements once."""
    query = _comments().where(
        Comment.article_id == bindparam("article"), Comment.parent_id.is_(None), Comment.is_listed
    )
    if has_place:
        here = tuple_(sort.key, Comment.id)
        place = tuple_(bindparam("key", type_=sort.key.type), bindparam("last"))
        if is_inclusive:
            query = query.where(here >= place if rises else here <= place)
        else:
            query = query.where(here > place if rises else here < place)
    order = (sort.key.asc(), Comment.id.asc()) if rises else (sort.key.desc(), Comment.id.desc())
    return shown_by(lambda _dialect: query.order_by(*order).limit(bindparam("rows")))


def replies_below(parent_ids: Sequence[int], limits: tuple[int, ...]) -> list[ShownComment]:
    """Return the first listed replies of each parent, of each of those, and so on: `limits[0]` each, `limits[1]`, …"""
    if not parent_ids or not limits:
        return []
    return _shown(_replies_below(limits), parents=list(parent_ids))


@cache
def _replies_below(limits: tuple[int, ...]) -> Prepared:
    """Build one statement, whose levels feed each other: a recursive one cannot limit the rows of each parent."""

    def build(dialect: str) -> Select[Any]:
        first_replies = _first_replies_lateral if dialect == "postgresql" else _first_replies_by_ordinal
        top = table_of(Comment).alias("top")
        parents: Any = select(top.c.id).where(is_among(top.c.id, "parents", dialect)).cte("level0")
        levels = []
        for number, limit in enumerate(limits, 1):
            parents = first_replies(parents, limit).cte(f"level{number}").prefix_with("MATERIALIZED")
            levels.append(select(parents.c.id))
        return _in_order_of_posting(select(levels[0].union_all(*levels[1:]).subquery("shown").c.id), dialect)

    return shown_by(build)


def _in_order_of_posting(ids: Select[Any], dialect: str) -> Select[Any]:
    """Ask for the comments whose IDs the query finds, which are few.

    PostgreSQL cannot guess how few, and would read all rows; of an array it knows that it is short.
    """
    is_found = Comment.id == any_(func.array(ids.scalar_subquery())) if dialect == "postgresql" else Comment.id.in_(ids)
    return _comments().where(is_found).order_by(Comment.id)


def _first_replies_lateral(parents: Any, limit: int) -> Select[Any]:
    """Return the first replies of each parent: a short range of `ix_comment_place` for each."""
    reply = aliased(Comment)
    first = select(reply.id).where(reply.parent_id == parents.c.id, reply.is_listed).order_by(reply.ordinal)
    rows = first.limit(limit).lateral()
    return select(rows.c.id).select_from(parents.join(rows, true()))


def _first_replies_by_ordinal(parents: Any, limit: int) -> Select[Any]:
    """Return the same without LATERAL, which SQLite lacks: find the last reply's ordinal, then read up to it."""
    reply, sibling = aliased(Comment), aliased(Comment)
    last = (
        select(sibling.ordinal)
        .where(sibling.parent_id == parents.c.id, sibling.is_listed)
        .order_by(sibling.ordinal)
        .limit(1)
        .offset(limit - 1)
        .scalar_subquery()
    )
    is_shown = (reply.parent_id == parents.c.id) & (reply.ordinal <= func.coalesce(last, literal(NO_END)))
    return select(reply.id).select_from(parents).join(reply, is_shown).where(reply.is_listed)


def replies_between(parent_id: int, after: int, before: int, limit: int) -> list[ShownComment]:
    """Return the listed replies of one parent with ordinals between the two, up to `limit`."""
    return _shown(_replies_between, parent=parent_id, after=after, before=before, rows=limit)


@shown_by
def _replies_between(_dialect: str) -> Select[Any]:
    return (
        _comments()
        .where(
            Comment.parent_id == bindparam("parent"),
            Comment.is_listed,
            Comment.ordinal > bindparam("after"),
            Comment.ordinal < bindparam("before"),
        )
        .order_by(Comment.ordinal)
        .limit(bindparam("rows"))
    )


def count_replies_between(parent_id: int, after: int, before: int, at_most: int) -> int:
    """Count the listed replies of one parent with ordinals between the two, and no further than `at_most`."""
    some = (
        select(Comment.id)
        .where(Comment.parent_id == parent_id, Comment.is_listed, Comment.ordinal > after, Comment.ordinal < before)
        .limit(at_most)
    )
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def way_up(comment_id: int, steps: int = ANCESTOR_STEPS) -> list[ShownComment]:
    """Return the comment with up to `steps` ancestors, the topmost first."""
    return _shown(_way_up, comment=comment_id, steps=steps)


@shown_by
def _way_up(_dialect: str) -> Select[Any]:
    above = aliased(Comment)
    way = select(Comment.id, Comment.parent_id, literal(0).label("step")).where(Comment.id == bindparam("comment"))
    up = way.cte("way", recursive=True)
    up = up.union_all(
        select(above.id, above.parent_id, up.c.step + 1).where(
            above.id == up.c.parent_id, up.c.step < bindparam("steps")
        )
    )
    return _comments().join(up, up.c.id == Comment.id).order_by(Comment.depth)


def with_ids(comment_ids: Iterable[int]) -> list[ShownComment]:
    """Return these comments, in the order in which they were posted."""
    return _shown(_with_ids, comments=list(comment_ids))


@shown_by
def _with_ids(dialect: str) -> Select[Any]:
    return _comments().where(is_among(table_of(Comment).c.id, "comments", dialect)).order_by(Comment.id)


def shown(comment: Comment) -> ShownComment:
    """Return the stored comment as a page shows it."""
    author = comment.author
    badge = author.role, author.title, author.site_role_on(comment.site_id)
    row = [*(getattr(comment, name) for name in NAMES), author.display_name, *badge]
    return ShownComment(*row)


def held(article: Article, user: Any) -> list[ShownComment]:
    """Return the thread's held comments without a place that the member may see: their own, or a moderator's all."""
    if user is None or not user.is_authenticated:
        return []
    if user.moderates(article.site_id):
        return _shown(_held, article=article.id)[::-1]
    return _shown(_own_held, article=article.id, author=user.id)[::-1]


def _waiting() -> Select[Any]:
    is_waiting = (Comment.article_id == bindparam("article"), Comment.state == HELD, Comment.is_listed.is_(False))
    return _comments().where(*is_waiting).order_by(Comment.id.desc()).limit(MAX_HELD_SHOWN)


@shown_by
def _held(_dialect: str) -> Select[Any]:
    return _waiting()


@shown_by
def _own_held(_dialect: str) -> Select[Any]:
    return _waiting().where(Comment.author_id == bindparam("author"))


def liked_by(user_id: int, comment_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these comments the member likes."""
    if not user_id:
        return frozenset()
    query = select(Reaction.comment_id).where(Reaction.user_id == user_id, Reaction.comment_id.in_(list(comment_ids)))
    return frozenset(db.session.scalars(query))


def _comments() -> Select[Any]:
    columns = [getattr(Comment, name) for name in NAMES]
    return select(*columns, User.display_name, User.role, User.title, _site_role()).join(
        User, User.id == Comment.author_id
    )


def _site_role() -> ColumnElement[str | None]:
    """Return the author's role on the comment's site; looked up only for the few who have roles on single sites."""
    role = select(SiteRole.role).where(SiteRole.user_id == User.id, SiteRole.site_id == Comment.site_id)
    return case((User.has_site_roles, role.correlate(User, Comment).scalar_subquery()))


def _shown(statement: Prepared, **values: Any) -> list[ShownComment]:
    return statement.all(**values)
