"""The counts of a thread made anew from its rows, after an import; and the check that they are right.

Each statement is set-based and reads one thread only, through `ix_comment_article`.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, select, text, update

from board.articles.models import Article
from board.comments.models import Comment, Reaction
from board.comments.ranking import wilson
from board.comments.threads import Thread
from board.extensions import db

BEGIN = """
UPDATE comment SET depth = CASE WHEN parent_id IS NULL THEN 0 ELSE -1 END, root_id = NULL,
  reply_count = 0, listed_reply_count = 0, descendant_count = 0
WHERE article_id = :article
"""
NEXT_DEPTH = """
UPDATE comment SET depth = :depth, root_id = coalesce(p.root_id, p.id)
FROM comment AS p
WHERE comment.article_id = :article AND comment.depth = -1
  AND p.id = comment.parent_id AND p.article_id = :article AND p.depth = :depth - 1
"""
ORDINALS = """
UPDATE comment SET ordinal = numbered.ordinal
FROM (
  SELECT id, row_number() OVER (PARTITION BY parent_id ORDER BY created_at, id) - 1 AS ordinal
  FROM comment WHERE article_id = :article
) AS numbered WHERE comment.id = numbered.id
"""
REPLIES = """
UPDATE comment SET reply_count = counted.replies, listed_reply_count = counted.listed
FROM (
  SELECT parent_id, count(*) AS replies, count(CASE WHEN is_listed THEN 1 END) AS listed
  FROM comment WHERE article_id = :article AND parent_id IS NOT NULL GROUP BY parent_id
) AS counted WHERE comment.id = counted.parent_id
"""
DESCENDANTS = """
UPDATE comment SET descendant_count = counted.published
FROM (
  SELECT root_id, count(*) AS published
  FROM comment WHERE article_id = :article AND root_id IS NOT NULL AND state = 'published' GROUP BY root_id
) AS counted WHERE comment.id = counted.root_id
"""
LIKES = """
UPDATE comment SET like_count = imported_likes + (SELECT count(*) FROM reaction WHERE reaction.comment_id = comment.id)
WHERE article_id = :article
"""
THREAD = """
UPDATE thread SET
  comment_count = (SELECT count(*) FROM comment WHERE article_id = :article AND state = 'published'),
  listed_count = (SELECT count(*) FROM comment WHERE article_id = :article AND is_listed),
  root_count = (SELECT count(*) FROM comment WHERE article_id = :article AND parent_id IS NULL)
WHERE article_id = :article
"""


def recount(article_id: int) -> None:
    """Make ordinals, depths, counts and ranks of a thread anew from its rows. The caller commits.

    What an import must set itself: `parent_id`, `created_at`, `state`, `is_listed`, `imported_likes`, `report_count`.
    """
    db.session.flush()
    Thread.change(db.session.get_one(Article, article_id).site_id, article_id)
    _run(BEGIN, article_id)
    depth = 1
    while _run(NEXT_DEPTH, article_id, depth=depth):
        depth += 1
    for statement in (ORDINALS, REPLIES, DESCENDANTS, LIKES, THREAD):
        _run(statement, article_id)
    _rank_anew(article_id)
    db.session.expire_all()


def _run(statement: str, article_id: int, **more: int) -> int:
    """Run one statement over the thread; return how many rows it touched."""
    return int(db.session.execute(text(statement), {"article": article_id, **more}).rowcount)  # type: ignore[attr-defined]


def _rank_anew(article_id: int) -> None:
    """Set the rank for each pair of likes and reports that occurs: few, and one formula only."""
    pairs = select(Comment.like_count, Comment.report_count).where(Comment.article_id == article_id).distinct()
    ranks = [
        {"likes": likes, "reports": reports, "new_rank": wilson(likes, reports)}
        for likes, reports in db.session.execute(pairs)
    ]
    table = Comment.__table__
    ranking = (
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.article_id == article_id,
            table.c.like_count == bindparam("likes"),
            table.c.report_count == bindparam("reports"),
        )
        .values(rank=bindparam("new_rank"))
    )
    if ranks:
        db.session.connection().execute(ranking, ranks)


def faults(article_id: int) -> list[str]:
    """Return where the kept counts differ from what the rows say; an empty list is what every change must leave."""
    db.session.expire_all()
    comments = db.session.scalars(select(Comment).where(Comment.article_id == article_id)).all()
    thread = db.session.get(Thread, article_id)
    expected = {
        "comment_count": sum(comment.state == "published" for comment in comments),
        "listed_count": sum(comment.is_listed for comment in comments),
        "root_count": sum(comment.parent_id is None for comment in comments),
    }
    found = [_differs(f"thread {article_id}", name, getattr(thread, name, 0), expected[name]) for name in expected]
    return [fault for fault in found if fault] + _faults_of_comments(comments)


def _faults_of_comments(comments: Sequence[Comment]) -> list[str]:
    children: dict[int | None, list[Comment]] = defaultdict(list)
    for comment in comments:
        children[comment.parent_id].append(comment)
    by_id = {comment.id: comment for comment in comments}
    published_below = Counter(comment.root_id for comment in comments if comment.state == "published")
    liked = select(Reaction.comment_id).where(Reaction.comment_id.in_(by_id))
    reactions = Counter(db.session.scalars(liked))
    found = []
    for comment in comments:
        replies, parent = children[comment.id], by_id.get(comment.parent_id or 0)
        likes = comment.imported_likes + reactions[comment.id]
        expected = {
            "depth": parent.depth + 1 if parent else 0,
            "root_id": (parent.root_id or parent.id) if parent else None,
            "reply_count": len(replies),
            "listed_reply_count": sum(reply.is_listed for reply in replies),
            "descendant_count": published_below[comment.id] if parent is None else 0,
            "like_count": likes,
            "rank": wilson(likes, comment.report_count),
            "is_listed": comment.is_listed if comment.state != "deleted" else any(reply.is_listed for reply in replies),
        }
        found += [_differs(f"comment {comment.id}", name, getattr(comment, name), expected[name]) for name in expected]
    for parent_id, siblings in children.items():
        ordinals = sorted(comment.ordinal for comment in siblings)
        found.append(_differs(f"replies of {parent_id}", "ordinals", ordinals, list(range(len(siblings)))))
    return [fault for fault in found if fault]


def _differs(what: str, name: str, kept: object, counted: object) -> str:
    return "" if kept == counted else f"{what}: {name} is {kept}, counted {counted}"
