"""A thread as an Atom feed (RFC 4287): its newest comments, for readers of feeds and for programs."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Row, select

from board.accounts.models import User
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.languages import page_language
from board.markup import text_for_xml
from board.urls import absolute

MAX_ENTRIES = 50


def atom_feed(article: Article) -> str:
    """Return the feed of the article's thread: at most `MAX_ENTRIES` published comments, the newest first."""
    from board.atom import Feed

    feed = Feed(
        title=text_for_xml(_("Comments on %(title)s", title=article.title)),
        link=absolute(article_path(article, "comments.thread")),
        description=text_for_xml(article.standfirst),
        feed_url=absolute(article_path(article, "syndication.feed")),
        feed_guid=absolute(article_path(article, "comments.thread")),
        language=page_language(),
        author_name=text_for_xml(article.site.name),
    )
    feed.began = article.published_at
    for entry in _newest(article):
        address = absolute(url_for("comments.permalink", comment_id=entry.id))
        feed.add_item(
            title=text_for_xml(_("%(name)s on %(title)s", name=entry.display_name, title=article.title)),
            link=address,
            unique_id=address,
            description=None,
            content=text_for_xml(entry.body_html),
            author_name=text_for_xml(entry.display_name),
            pubdate=entry.created_at,
            updateddate=entry.edited_at or entry.created_at,
        )
    return str(feed.writeString("utf-8"))


def _newest(article: Article) -> Sequence[Row[int, str, datetime, datetime | None, str]]:
    columns = (Comment.id, Comment.body_html, Comment.created_at, Comment.edited_at, User.display_name)
    published = Comment.article_id == article.id, Comment.state == "published"
    order = Comment.created_at.desc(), Comment.id.desc()
    query = select(*columns).join(User, User.id == Comment.author_id).where(*published).order_by(*order)
    return db.session.execute(query.limit(MAX_ENTRIES)).all()
