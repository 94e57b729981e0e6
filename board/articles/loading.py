"""Find an article by what stands in the path, and make the path of one."""

from typing import Any

from flask import g, request
from sqlalchemy import select

from board.access import NotThere, load
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.extensions import db
from board.urls import spellings, url_for_article


def load_site() -> Site:
    """Return the site that the request names with `?site=`; the primary one when it is left out or empty.

    Raises NotThere for an unknown site: no other site's data stands in for it.
    """
    slug = request.args.get("site", "")
    refuse_nul(slug)
    wanted = Site.slug == slug if slug else Site.id == PRIMARY_SITE_ID
    return load(select(Site).where(wanted))


def find_site() -> Site | None:
    """Return the request's site like `load_site`, or None while there is no primary site yet."""
    if request.args.get("site"):
        return load_site()
    return db.session.get(Site, PRIMARY_SITE_ID)


def house_name() -> str:
    """Return the name over pages that belong to no site of their own: the primary site's, asked once a request."""
    if "house_name" not in g:
        site = db.session.get(Site, PRIMARY_SITE_ID)
        g.house_name = site.name if site else "Board"
    return str(g.house_name)


def load_article(segment: str) -> Article:
    """Return the article of the request's site that the path segment stands for. Raises NotThere."""
    refuse_nul(segment)
    site = load_site()
    found = {
        article.external_id: article
        for article in db.session.scalars(
            select(Article).where(Article.site_id == site.id, Article.external_id.in_(spellings(segment)))
        ).unique()
    }
    for spelling in spellings(segment):
        if spelling in found:
            return found[spelling]
    raise NotThere


def refuse_nul(text: str) -> None:
    """Raise NotThere for U+0000, which nothing kept holds and PostgreSQL does not even compare."""
    if "\0" in text:
        raise NotThere


def article_path(article: Article, endpoint: str = "pages.article", **values: Any) -> str:
    """Return the path of the article's page, or of another endpoint that takes `article_id`."""
    slug = None if article.site.is_primary else article.site.slug
    return url_for_article(endpoint, article.external_id, slug, **values)
