"""Find a comment with what the rules about it need."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from board.access import NotThere, load
from board.comments.models import Comment


def load_comment(comment_id: int, viewer: Any) -> Comment:
    """Return the comment with its author and article, if the viewer may see it. Raises NotThere."""
    query = select(Comment).where(Comment.id == comment_id)
    comment = load(query.options(joinedload(Comment.author), joinedload(Comment.article)))
    if not comment.is_visible_to(viewer):
        raise NotThere
    return comment
