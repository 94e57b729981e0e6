"""Find an article by what stands in the path, and make the path of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from board.access import Moved, NotThere, load
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.extensions import as_loaded, db
from board.languages import site_spoken_for, speak_for
from board.statements import Prepared
from board.urls import spellings, url_for_article


@dataclass(frozen=True)
class Extent:
    """How much of an article and of its site is loaded at once, by the names of columns; the rest when asked for."""

    article: tuple[str, ...]
    site: tuple[str, ...]  # besides its ID


WHOLE = Extent(tuple(Article.__table__.c.keys()), tuple(name for name in Site.__table__.c.keys() if name != "id"))  # noqa: SIM118
# What writing under an article takes: where it is, and whether it takes comments.
PLACE = Extent(
    (
        *("id", "site_id", "external_id", "published_at", "comments", "comment_mode", "comments_close_after_days"),
        "merged_into_id",
    ),
    ("slug", "comment_mode", "rules_version", "lessons_version"),
)


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
    """Return the name of the site that the page or mail is from; the primary site's, where it is from none."""
    site = _house()
    return site.name if site else "Board"


def house_path() -> str:
    """Return the path of the front page of the site that the page or mail is from."""
    site = None if site_spoken_for() == PRIMARY_SITE_ID else _house()
    return f"/?site={site.slug}" if site and not site.is_primary else "/"


def _house() -> Site | None:
    """Return the site; asked once for each in a request."""
    asked = site_spoken_for()
    if not has_request_context():
        return _site_called(asked)
    houses: dict[int | str, Site | None] = g.setdefault("houses", {})
    if asked not in houses:
        houses[asked] = _site_called(asked)
    return houses[asked]


def _site_called(asked: int | str) -> Site | None:
    """Return the site with the number or short name, else the primary one; None while there is none."""
    if isinstance(asked, int):
        return db.session.get(Site, asked)
    named = db.session.scalar(select(Site).where(Site.slug == asked.replace("\0", "")))
    return named or db.session.get(Site, PRIMARY_SITE_ID)


def load_article(segment: str) -> Article:
    """Return the article of the request's site that the path segment stands for. Raises NotThere, Moved."""
    return own_or_moved(_find(request.args.get("site", ""), segment, WHOLE))


def load_place(segment: str) -> Article:
    """Return the article like `load_article`, as much of it as writing under it takes. Raises NotThere, Moved."""
    return own_or_moved(_find(request.args.get("site", ""), segment, PLACE))


def load_article_of(slug: str, segment: str) -> Article:
    """Return the article like `load_article`, of the site with this short name; the primary one if that is empty.

    An ID of an article that is merged into another stands for that one. Raises NotThere.
    """
    found = _find(slug, segment, WHOLE)
    return db.session.get_one(Article, found.merged_into_id) if found.merged_into_id else found


def own_or_moved(article: Article) -> Article:
    """Return the article. Raises Moved, with the same page of the other, if it is merged into one."""
    if article.merged_into_id is None:
        return article
    into = db.session.get_one(Article, article.merged_into_id)
    asked: dict[str, Any] = {name: values for name, values in request.args.lists() if name != "site"}
    raise Moved(article_path(into, str(request.endpoint), **asked))


def _find(slug: str, segment: str, extent: Extent) -> Article:
    """Return the site's article that the segment most likely stands for. Raises NotThere."""
    refuse_nul(segment + slug)
    names = spellings(segment)
    asked = {"likeliest": names[0], "other": names[-1]} | ({"slug": slug} if slug else {})
    found = {row.external_id: row for row in _named(extent, bool(slug)).all(**asked)}
    for name in names:
        if name in found:
            return place_in(iter(found[name]), extent)
    raise NotThere


@cache
def _named(extent: Extent, has_slug: bool) -> Prepared:
    """Ask for the articles of the primary site, or of the one with this short name, that are named so; built once."""
    article, site = Article.__table__.c, Site.__table__.c
    is_on_site = site.slug == bindparam("slug") if has_slug else site.id == PRIMARY_SITE_ID
    is_named = or_(article.external_id == bindparam("likeliest"), article.external_id == bindparam("other"))
    joined = select(*place_columns(extent)).join_from(Article.__table__, Site.__table__, site.id == article.site_id)
    return Prepared(lambda _dialect: joined.where(is_on_site, is_named))


def place_columns(extent: Extent = PLACE) -> list[Any]:
    """Return the columns of an article, and of its site, for `place_in`."""
    article, site = Article.__table__.c, Site.__table__.c
    return [*(article[name] for name in extent.article), *(site[name] for name in extent.site)]


def place_in(values: Iterator[Any], extent: Extent = PLACE) -> Article:
    """Return the article that the next values of a row are, those of `place_columns`."""
    columns = dict(zip(extent.article, values, strict=False))
    speak_for(columns["site_id"])
    article = as_loaded(Article, columns)
    site = {"id": columns["site_id"], **dict(zip(extent.site, values, strict=False))}
    set_committed_value(article, "site", as_loaded(Site, site))
    return article


def refuse_nul(text: str) -> None:
    """Raise NotThere for U+0000, which nothing kept holds and PostgreSQL does not even compare."""
    if "\0" in text:
        raise NotThere


def article_path(article: Article, endpoint: str = "pages.article", **values: Any) -> str:
    """Return the path of the article's page, or of another endpoint that takes `article_id`."""
    slug = None if article.site.is_primary else article.site.slug
    return url_for_article(endpoint, article.external_id, slug, **values)
