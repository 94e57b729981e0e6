"""A site's comments in the shape that `board import jsonl` reads, one line at a time."""

import json
from collections.abc import Iterator

from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db

SOURCE = "board"
ROWS_AT_ONCE = 500


def comments_as_jsonl(site: Site) -> Iterator[str]:
    """Yield the published comments, article by article, parents before their replies.

    Replies to a comment that is gone hang on the nearest one above it that is not.
    """
    for article_id, external_id in _articles(site):
        yield from _thread(article_id, external_id)


def _articles(site: Site) -> list[tuple[int, str]]:
    wanted = select(Article.id, Article.external_id).where(Article.site_id == site.id).order_by(Article.id)
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def _thread(article_id: int, external_id: str) -> Iterator[str]:
    wanted = (
        select(
            Comment.id, Comment.parent_id, Comment.state, Comment.created_at, Comment.like_count, Comment.body_source,
            User.display_name,
        )
        .join(User, User.id == Comment.author_id)
        .where(Comment.article_id == article_id)
        .order_by(Comment.depth, Comment.created_at, Comment.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )  # fmt: skip
    gone: dict[int | None, int | None] = {}
    for comment_id, parent_id, state, created_at, likes, body, author in db.session.execute(wanted):
        above = gone.get(parent_id, parent_id)
        if state != "published":
            gone[comment_id] = above
            continue
        line = {
            "source": SOURCE,
            "thread": external_id,
            "id": str(comment_id),
            "parent_id": None if above is None else str(above),
            "author": author,
            "created": created_at.isoformat(),
            "score": likes,
            "body": body,
        }
        yield json.dumps(line, ensure_ascii=False)
