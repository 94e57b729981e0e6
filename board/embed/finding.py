"""Find the article that an element on a publisher's page names, and make the path of its part in a frame."""

from typing import Any

from flask import request, url_for

from board.access import Moved
from board.articles.loading import refuse_nul
from board.articles.models import Article, Site
from board.comments.merging import article_called
from board.extensions import db


def find_article(site: Site) -> Article | None:
    """Return the site's article that the request names with `?article_id=`, or None if it is not known yet.

    Raises Moved, with the frame of the other, if it is merged into one.
    """
    external_id = request.args.get("article_id", "")
    refuse_nul(external_id)
    found = article_called(site.id, external_id) if external_id else None
    if found and found.merged_into_id:
        into = db.session.get_one(Article, found.merged_into_id)
        raise Moved(frame_path(into, str(request.endpoint), sort=request.args.get("sort") or None))
    return found


def frame_path(article: Article, endpoint: str = "embed.thread", **more: Any) -> str:
    """Return the path of the article's thread, or of another of its parts, as it stands in a frame."""
    site = None if article.site.is_primary else article.site.slug
    return url_for(endpoint, article_id=article.external_id, site=site, **more)
