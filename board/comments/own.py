"""What on a thread's page is a member's own: the comments they wrote or like, and those that wait for a moderator.

One query, whose parts are each a bounded range of an index; built once, because members ask for it on every page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, null, select, union_all

from board.accounts.models import User
from board.comments.models import Comment, Reaction
from board.comments.reading import HELD, MAX_HELD_SHOWN, NAMES, ShownComment
from board.statements import prepared
from board.storage import is_among

MAX_IDS = 300  # comments of one page that are asked about; a page shows fewer


@dataclass
class Own:
    """The comments of one page whose buttons are others for this member, and those only they see."""

    written: list[ShownComment] = field(default_factory=list)  # of those on the page
    held: list[ShownComment] = field(default_factory=list)  # not on the page of others
    liked: frozenset[int] = frozenset()


def own_comments(member: User, article_id: int, is_open: bool, ids: Sequence[int]) -> Own:
    """Return what is the member's own in the article's thread; `ids` are the comments on the page."""
    values = {"member": member.id, "article": article_id, "ids": list(ids)[:MAX_IDS]}
    writer = [member.display_name, member.role, member.title, None]  # who moderates a site has no overlay
    own, liked = Own(), []
    for row in _own.all(**values):
        if row.author_id is None:
            liked.append(row.id)
            continue
        comment = ShownComment(*row, *writer)
        comment.has_open_thread = is_open
        (own.held if comment.state == "held" else own.written).append(comment)
    own.liked = frozenset(liked)
    return own


@prepared
def _own(dialect: str) -> CompoundSelect[Any]:
    """Ask for what waits, what on the page is the member's, and of what they like there the ID alone."""
    comment, reaction = Comment.__table__.c, Reaction.__table__.c
    me: Any = bindparam("member")
    columns = [comment[name] for name in NAMES]
    # "+ 0" keeps the databases from reading all of a busy author's or a large thread's rows instead of these few.
    written = select(*columns).where(
        is_among(comment.id, "ids", dialect),
        comment.author_id + 0 == me,
        comment.article_id + 0 == bindparam("article"),
        comment.state != "held",
    )
    held = select(*columns).where(
        comment.article_id == bindparam("article"), comment.state == HELD, comment.author_id == me
    )
    latest_held = held.order_by(comment.id.desc()).limit(MAX_HELD_SHOWN).subquery("latest_held")
    liked = select(reaction.comment_id, *(null() for _ in NAMES[1:])).where(
        is_among(reaction.comment_id, "ids", dialect), reaction.user_id == me
    )
    return union_all(written, select(latest_held), liked)
