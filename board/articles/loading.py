"""Find an article by what stands in the path, and make the path of one."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask import g, request
from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from board.access import Moved, NotThere, load
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.extensions import as_loaded, db
from board.languages import speak_for
from board.statements import prepared
from board.urls import spellings, url_for_article

# What writing under an article takes: where it is, and whether it takes comments.
PLACE_COLUMNS = (
    *("id", "site_id", "external_id", "published_at", "comments", "comment_mode", "comments_close_after_days"),
    "merged_into_id",
)
SITE_COLUMNS = ("slug", "comment_mode", "rules_version", "lessons_version")


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


def site_at(origin: str) -> Site | None:
    """Return the site whose pages are at this origin; of several the first, so pages of the others name their site."""
    sites = db.session.scalars(select(Site).order_by(Site.id))
    return next((site for site in sites if origin in site.origins), None)


def house_name() -> str:
    """Return the name over pages that belong to no site of their own: the primary site's, asked once a request."""
    if "house_name" not in g:
        site = db.session.get(Site, PRIMARY_SITE_ID)
        g.house_name = site.name if site else "Board"
    return str(g.house_name)


def load_article(segment: str) -> Article:
    """Return the article of the request's site that the path segment stands for. Raises NotThere, Moved."""
    return own_or_moved(_find_article(request.args.get("site", ""), segment))


def load_article_of(slug: str, segment: str) -> Article:
    """Return the article like `load_article`, of the site with this short name; the primary one if that is empty.

    An ID of an article that is merged into another stands for that one. Raises NotThere.
    """
    found = _find_article(slug, segment)
    return db.session.get_one(Article, found.merged_into_id) if found.merged_into_id else found


def _find_article(slug: str, segment: str) -> Article:
    refuse_nul(segment + slug)
    values = {"names": spellings(segment), "site": slug or PRIMARY_SITE_ID}
    rows = db.session.scalars(_article_query(has_slug=bool(slug)), values)
    found = {article.external_id: article for article in rows.unique()}
    for spelling in spellings(segment):
        if spelling in found:
            return found[spelling]
    raise NotThere


def own_or_moved(article: Article) -> Article:
    """Return the article. Raises Moved, with the same page of the other, if it is merged into one."""
    if article.merged_into_id is None:
        return article
    into = db.session.get_one(Article, article.merged_into_id)
    asked: dict[str, Any] = {name: values for name, values in request.args.lists() if name != "site"}
    raise Moved(article_path(into, str(request.endpoint), **asked))


def load_place(segment: str) -> Article:
    """Return the article like `load_article`, as much of it as writing under it takes; the rest loads when asked for.

    Raises NotThere, Moved.
    """
    slug, names = request.args.get("site", ""), spellings(segment)
    refuse_nul(segment + slug)
    values = {"likeliest": names[0], "other": names[-1]}
    rows = _place_on_site.all(slug=slug, **values) if slug else _place.all(**values)
    found = {row.external_id: row for row in rows}
    for name in names:
        if name in found:
            return own_or_moved(place_in(iter(found[name])))
    raise NotThere


@prepared
def _place(_dialect: str) -> Select[Any]:
    """Ask for an article of the primary site; whoever writes does."""
    return _places(Site.__table__.c.id == PRIMARY_SITE_ID)


@prepared
def _place_on_site(_dialect: str) -> Select[Any]:
    """Ask for an article of another site."""
    return _places(Site.__table__.c.slug == bindparam("slug"))


def _places(is_asked: ColumnElement[bool]) -> Select[Any]:
    article, site = Article.__table__.c, Site.__table__.c
    is_named = or_(article.external_id == bindparam("likeliest"), article.external_id == bindparam("other"))
    joined = select(*place_columns()).join_from(Article.__table__, Site.__table__, site.id == article.site_id)
    return joined.where(is_asked, is_named)


def place_columns() -> list[Any]:
    """Return the columns of an article, and of its site, for `place_in`."""
    article, site = Article.__table__.c, Site.__table__.c
    return [*(article[name] for name in PLACE_COLUMNS), *(site[name] for name in SITE_COLUMNS)]


def place_in(values: Iterator[Any]) -> Article:
    """Return the article that the next values of a row are, those of `place_columns`."""
    columns = dict(zip(PLACE_COLUMNS, values, strict=False))
    speak_for(columns["site_id"])
    article = as_loaded(Article, columns)
    site = {"id": columns["site_id"], **dict(zip(SITE_COLUMNS, values, strict=False))}
    set_committed_value(article, "site", as_loaded(Site, site))
    return article


@cache
def _article_query(*, has_slug: bool) -> Select[Article]:
    """Build the query once: nearly every page begins with it."""
    return (
        select(Article)
        .join(Article.site)
        .options(contains_eager(Article.site))
        .where((Site.slug if has_slug else Site.id) == bindparam("site"))
        .where(Article.external_id.in_(bindparam("names", expanding=True)))
    )


def refuse_nul(text: str) -> None:
    """Raise NotThere for U+0000, which nothing kept holds and PostgreSQL does not even compare."""
    if "\0" in text:
        raise NotThere


def article_path(article: Article, endpoint: str = "pages.article", **values: Any) -> str:
    """Return the path of the article's page, or of another endpoint that takes `article_id`."""
    slug = None if article.site.is_primary else article.site.slug
    return url_for_article(endpoint, article.external_id, slug, **values)
