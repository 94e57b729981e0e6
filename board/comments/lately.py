"""What screening asks about an author, as it is once the thread's turn is taken: one query, built once."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.screening.rules import Rules
from board.screening.submissions import Lately
from board.statements import Prepared
from board.storage import BigId, now

A_MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
LOOKED_AT = 200  # of an author's comments, so that somebody of whom nothing is published costs no more than others
COUNTED = 50  # copies and comments are counted no further than the largest number that a rule may name


def before_posting(
    article: Article, author: User, rules: Rules, likeness: int | None, submission_key: str
) -> tuple[Lately, bool]:
    """Return what the author has posted of late, and whether this very form is among it."""
    per_minute = current_app.config["BOARD"].comments_per_minute
    values = {"author": author.id, "key": submission_key, "since": now() - A_MINUTE, "most": per_minute}
    asked = POSTING[rules.asks_about_author]
    has_posted_this, *facts = asked.one(**values, **_asked_by(rules, article.site_id, likeness))
    return Lately(*facts), bool(has_posted_this)


def before_editing(comment: Comment, rules: Rules, likeness: int | None) -> Lately:
    """Return the same as it would be if the comment were posted anew now, in its author's place of then."""
    values = {"author": comment.author_id, "comment": comment.id, **_asked_by(rules, comment.site_id, likeness)}
    return Lately(*EDITING[rules.asks_about_author].one(**values))


def _asked_by(rules: Rules, site_id: int, likeness: int | None) -> dict[str, Any]:
    """Return the values that bind what the rules ask; a rule that is off asks for no rows."""
    if not rules.asks_about_author:
        return {}
    hours = timedelta(hours=rules.number("repeats_hours"))
    return {
        "site": site_id,
        "likeness": likeness if rules.is_on("repeats") else None,
        "copied_since": now() - hours,
        "ten_minutes": now() - TEN_MINUTES,
        "first": rules.number("first_comments_count") if rules.is_on("first_comments") else 0,
        "fast": COUNTED if rules.is_on("speed") else 0,
    }


def _post_query(_dialect: str, *, has_rules: bool) -> Select[Any]:
    comment = Comment.__table__.c
    own = comment.author_id == bindparam("author", type_=BigId)
    this = select(comment.id).where(own, comment.submission_key == bindparam("key"))
    recent = select(comment.id).where(own, comment.created_at > bindparam("since")).limit(bindparam("most"))
    query = select(exists(this), _latest(own), _count(recent))
    if not has_rules:
        return query
    fast = select(comment.id).where(own, comment.created_at > bindparam("ten_minutes")).limit(bindparam("fast"))
    return query.add_columns(_published(own), _count(fast), _copies(), _member_since())


def _edit_query(_dialect: str, *, has_rules: bool) -> Select[Any]:
    comment = Comment.__table__.c
    this: Any = bindparam("comment", type_=BigId)
    author = comment.author_id == bindparam("author", type_=BigId)
    query = select(_latest(author & (comment.id < this)), literal(0))
    if not has_rules:
        return query
    return query.add_columns(
        _published(author & (comment.id != this)), literal(0), _copies(comment.id != this), _member_since()
    )


def _latest(own: ColumnElement[bool]) -> Any:
    comment = Comment.__table__.c
    latest = select(comment.body_source).where(own).order_by(comment.created_at.desc(), comment.id.desc()).limit(1)
    return latest.scalar_subquery()


def _published(own: ColumnElement[bool]) -> Any:
    """Count the author's published comments among their newest ones, as far as the rule asks."""
    comment = Comment.__table__.c
    newest = select(comment.state).where(own).order_by(comment.created_at.desc(), comment.id.desc()).limit(LOOKED_AT)
    latest = newest.subquery()
    return _count(select(latest.c.state).where(latest.c.state == "published").limit(bindparam("first")))


def _copies(*but: ColumnElement[bool]) -> Any:
    comment = Comment.__table__.c
    alike = (comment.site_id == bindparam("site")) & (comment.likeness == bindparam("likeness", type_=BigId))
    return _count(select(comment.id).where(alike, comment.created_at > bindparam("copied_since"), *but).limit(COUNTED))


def _member_since() -> Any:
    member = User.__table__.c
    return select(member.created_at).where(member.id == bindparam("author", type_=BigId)).scalar_subquery()


def _count(rows: Select[Any]) -> Any:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


# With a site's rules about authors, and without: what no rule asks is not read.
POSTING = {has_rules: Prepared(partial(_post_query, has_rules=has_rules)) for has_rules in (True, False)}
EDITING = {has_rules: Prepared(partial(_edit_query, has_rules=has_rules)) for has_rules in (True, False)}
