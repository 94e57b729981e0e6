"""The thread of one article, counted."""

from sqlalchemy import ForeignKey, update
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model, db, insert_once


class Thread(Model):
    """The comments of one article, counted; `version` grows with each change that readers can see."""

    __tablename__ = "thread"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    version: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # published comments, at every level
    listed_count: Mapped[int] = mapped_column(default=0)  # those with a place on the page, at every level
    root_count: Mapped[int] = mapped_column(default=0)  # roots ever posted: the next root's ordinal

    @staticmethod
    def change(site_id: int, article_id: int, *, comments: int = 0, listed: int = 0, roots: int = 0) -> int:
        """Add to the counts and the version; return how many roots were ever posted, these included.

        The row stays locked until the transaction ends, and is the first that any change of a thread locks: so changes
        of one thread wait for each other, never in a circle.
        """
        bump = (
            update(Thread)
            .where(Thread.article_id == article_id)
            .values(
                version=Thread.version + 1,
                comment_count=Thread.comment_count + comments,
                listed_count=Thread.listed_count + listed,
                root_count=Thread.root_count + roots,
            )
            .returning(Thread.root_count)
            .execution_options(synchronize_session=False)
        )
        count = db.session.scalar(bump)
        if count is None:
            none = dict.fromkeys(("version", "comment_count", "listed_count", "root_count"), 0)
            insert_once(Thread, article_id=article_id, site_id=site_id, **none)
            count = db.session.scalar(bump)
        return int(count or 0)
