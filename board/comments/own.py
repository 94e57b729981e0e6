"""What on a thread's page is a member's own: the comments they wrote or like, and those that wait for a moderator.

One query, whose parts are each a bounded range of an index; built once, because members ask for it on every page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, union

from board.accounts.models import User
from board.comments.models import Comment, Reaction
from board.comments.reading import MAX_HELD_SHOWN, NAMES, ShownComment
from board.extensions import db

MAX_IDS = 300  # comments of one page that are asked about; a page shows fewer


@dataclass
class Own:
    """The comments of one page whose buttons are others for this member, and those only they see."""

    written: list[ShownComment] = field(default_factory=list)  # of those on the page
    held: list[ShownComment] = field(default_factory=list)  # not on the page of others
    liked: frozenset[int] = frozenset()


def own_comments(member_id: int, article_id: int, is_open: bool, ids: Sequence[int]) -> Own:
    """Return what is the member's own in the article's thread; `ids` are the comments on the page."""
    values = {"member": member_id, "article": article_id, "ids": list(ids)[:MAX_IDS]}
    own, liked = Own(), []
    for row in db.session.connection().execute(_query(), values):
        if row.author_id != member_id:
            liked.append(row.id)
            continue
        comment = ShownComment(*row)
        comment.has_open_thread = is_open
        (own.held if comment.state == "held" else own.written).append(comment)
    own.liked = frozenset(liked)
    return own


@cache
def _query() -> Select[Any]:
    comment, member, reaction = Comment.__table__.c, User.__table__.c, Reaction.__table__.c
    me: Any = bindparam("member")
    article: Any = bindparam("article")
    ids: Any = bindparam("ids", expanding=True)
    held = select(comment.id).where(comment.article_id == article, comment.state == "held", comment.author_id == me)
    latest_held = select(held.order_by(comment.id.desc()).limit(MAX_HELD_SHOWN).subquery().c.id)
    # "+ 0" keeps the databases from reading all of a busy author's or a large thread's rows instead of these few.
    written = select(comment.id).where(comment.id.in_(ids), comment.author_id + 0 == me)
    liked = select(reaction.comment_id).where(reaction.comment_id.in_(ids), reaction.user_id == me)
    mine = union(latest_held, written, liked).subquery("mine")
    return (
        select(*(comment[name] for name in NAMES), member.display_name, member.role)
        .join_from(mine, Comment.__table__, mine.c.id == comment.id)
        .join(User.__table__, member.id == comment.author_id)
        .where(comment.article_id + 0 == article)
        .order_by(comment.id)
    )
