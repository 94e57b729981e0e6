"""Find a comment with what the rules about it need."""

from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from board.access import NotThere, load
from board.accounts.models import User
from board.articles.loading import place_columns, place_in
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import as_loaded
from board.languages import speak_for
from board.statements import prepared

# What replying to a comment or liking it takes.
ACT_COLUMNS = (
    *("id", "site_id", "article_id", "parent_id", "root_id", "depth", "author_id", "state", "is_listed", "lock_id"),
    *("created_at", "like_count", "report_count", "reply_count", "listed_reply_count", "descendant_count"),
)
AUTHOR_COLUMNS = ("id", "display_name", "role")


def load_comment(comment_id: int, viewer: Any) -> Comment:
    """Return the comment with its author and article, if the viewer may see it. Raises NotThere."""
    query = select(Comment).where(Comment.id == comment_id)
    comment = load(query.options(joinedload(Comment.author), joinedload(Comment.article)))
    speak_for(comment.site_id)
    if not comment.is_visible_to(viewer):
        raise NotThere
    return comment


def load_to_like(comment_id: int, viewer: Any) -> Comment:
    """Return the comment like `load_comment`, without text and names; they load when asked for."""
    return _load_lean(comment_id, viewer, has_names=False)


def load_to_reply_to(comment_id: int, viewer: Any) -> Comment:
    """Return the comment like `load_comment`, without its text, which loads when asked for."""
    return _load_lean(comment_id, viewer, has_names=True)


def _load_lean(comment_id: int, viewer: Any, *, has_names: bool) -> Comment:
    row = (_to_reply_to if has_names else _to_like).first(comment=comment_id)
    if row is None:
        raise NotThere
    values = iter(row)
    comment = as_loaded(Comment, dict(zip(ACT_COLUMNS, values, strict=False)))
    if has_names:
        set_committed_value(comment, "author", as_loaded(User, dict(zip(AUTHOR_COLUMNS, values, strict=False))))
    set_committed_value(comment, "article", place_in(values))
    if not comment.is_visible_to(viewer):
        raise NotThere
    return comment


@prepared
def _to_like(_dialect: str) -> Select[Any]:
    return _lean_query(has_names=False)


@prepared
def _to_reply_to(_dialect: str) -> Select[Any]:
    return _lean_query(has_names=True)


def _lean_query(*, has_names: bool) -> Select[Any]:
    comment, article, author = Comment.__table__.c, Article.__table__.c, User.__table__.c
    query = select(*(comment[name] for name in ACT_COLUMNS)).where(comment.id == bindparam("comment"))
    if has_names:
        query = query.add_columns(*(author[name] for name in AUTHOR_COLUMNS))
        query = query.join_from(Comment.__table__, User.__table__, author.id == comment.author_id)
    query = query.add_columns(*place_columns())
    query = query.join_from(Comment.__table__, Article.__table__, article.id == comment.article_id)
    return query.join(Site.__table__, Site.__table__.c.id == comment.site_id)
