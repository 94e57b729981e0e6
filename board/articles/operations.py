"""Add and edit articles and sites; the pages at `/manage` and the command line both come here.

Values are texts as typed, by field (and bytes for `picture`). Nothing is changed unless all of them are right; after
WrongFields the caller rolls back.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from board.articles.models import ARTICLE_MODES, PRIMARY_SITE_ID, SITE_MODES, Article, Site, Video
from board.articles.pictures import PictureRefused, draw_picture, keep_drawing
from board.articles.rules import (
    Rule,
    Wrong,
    WrongFields,
    external_id,
    is_on,
    language,
    line,
    moment,
    one_of,
    optional,
    origins,
    slug,
    videos,
    web_address,
    whole_number,
)
from board.articles.typed import moment_as_typed
from board.audit import record
from board.extensions import db
from board.markup import MarkupError, normalise, render_article
from board.statements import insert_once
from board.storage import now

Values = Mapping[str, str | bytes]

MAX_GATE_BLOCKS = 100
MAX_CLOSE_AFTER_DAYS = 3650
DEFAULT_SITE_NAME = "Board"


def article_rules() -> dict[str, Rule]:
    """Return the rule of each field of an article."""
    return {
        "external_id": external_id,
        "title": line(300, needed=_("Give the article a title.")),
        "standfirst": line(1000),
        "byline": line(200),
        "section": line(80),
        "published_at": moment,
        "url": web_address,
        "body_source": _body,
        "picture_alt": line(300),
        "trailer_url": web_address,
        "videos": videos,
        "gate": one_of("open", "email", "members"),
        "gate_after_blocks": whole_number(0, MAX_GATE_BLOCKS),
        "comments": one_of("open", "closed"),
        "comment_mode": one_of(*ARTICLE_MODES),
        "comments_close_after_days": optional(whole_number(1, MAX_CLOSE_AFTER_DAYS)),
    }


def site_rules() -> dict[str, Rule]:
    """Return the rule of each field of a site."""
    return {
        "name": line(100, needed=_("Give the site a name.")),
        "slug": slug,
        "origins": origins,
        "language": language,
        "comment_mode": one_of(*SITE_MODES),
    }


def add_article(site: Site, values: Values, *, by: Any = None) -> Article:
    """Register an article. Raises WrongFields."""
    needed = {"external_id": "", "title": "", **values}
    clean = _clean_article(site, None, needed)
    article = Article(site_id=site.id, site=site)
    _write(article, clean)
    _keep(article, "external_id", _("This site already has an article with this ID. Choose another, or edit that one."))
    record("article.added", article, by=by, after=_in_short(article))
    return article


def edit_article(article: Article, values: Values, *, by: Any = None) -> Article:
    """Change the fields that are given, and no other. Raises WrongFields."""
    clean = _clean_article(article.site, article, values)
    if values.get("published_at") == moment_as_typed(article.published_at):
        del clean["published_at"]  # as it was shown, which leaves fractions of a second out
    before = _in_short(article)
    _write(article, clean)
    if not db.session.is_modified(article):
        return article
    article.updated_at = now()
    _keep(article, "external_id", _("This site already has an article with this ID. Choose another."))
    after = _in_short(article)
    changed = {name for name in after if before[name] != after[name]}
    record(
        "article.edited", article, by=by, before={n: before[n] for n in changed}, after={n: after[n] for n in changed}
    )
    return article


def add_site(values: Values, *, by: Any = None) -> Site:
    """Add a publication. Raises WrongFields."""
    clean = _clean_site({"name": "", "slug": "", **values})
    site = Site(**clean)
    _keep(site, "slug", _("Another site has this short name. Choose another."))
    record("site.added", site, by=by, site_id=site.id, after=clean)
    return site


def edit_site(site: Site, values: Values, *, by: Any = None) -> Site:
    """Change the fields that are given of a publication, and no other. Raises WrongFields."""
    clean = _clean_site(values)
    before = {name: getattr(site, name) for name in clean}
    for name, value in clean.items():
        setattr(site, name, value)
    if before.get("comment_mode") != clean.get("comment_mode"):
        site.rules_version = Site.rules_version + 1  # pages kept ready say whether comments are taken
    if before != clean:
        _keep(site, "slug", _("Another site has this short name. Choose another."))
        record("site.edited", site, by=by, site_id=site.id, before=before, after=clean)
    return site


def primary_site() -> Site:
    """Return the site whose pages need no `?site=`, made when it is first needed."""
    if found := db.session.get(Site, PRIMARY_SITE_ID):
        return found
    insert_once(Site, id=PRIMARY_SITE_ID, slug="main", name=DEFAULT_SITE_NAME, origins=[], created_at=now())
    return db.session.get_one(Site, PRIMARY_SITE_ID)


def site_called(name: str) -> Site | None:
    """Return the site with this short name or name, if there is one and no other is called so."""
    found = db.session.scalars(select(Site).where(or_(Site.slug == name, Site.name == name))).all()
    return found[0] if len(found) == 1 else None


def _clean_article(site: Site, article: Article | None, values: Values) -> dict[str, Any]:
    """Return what is kept of each value. Raises WrongFields for all that are wrong together."""
    clean, errors = _judge(article_rules(), values)
    if clean.get("url") and not is_on(site.origins, clean["url"]):
        known = ", ".join(site.origins) or _("none yet")
        errors["url"] = _("The page must be on one of the site’s origins (%(known)s), or add its origin.", known=known)
    _judge_picture(article, values, clean, errors)
    if errors:
        raise WrongFields(errors)
    return clean


def _clean_site(values: Values) -> dict[str, Any]:
    clean, errors = _judge(site_rules(), values)
    if errors:
        raise WrongFields(errors)
    return clean


def _judge(rules: Mapping[str, Rule], values: Values) -> tuple[dict[str, Any], dict[str, str]]:
    """Return each value as its rule keeps it, and the sentence for each that is wrong."""
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, rule in rules.items():
        if name in values:
            try:
                clean[name] = rule(str(values[name]))
            except (Wrong, MarkupError) as error:
                errors[name] = str(error)
    return clean, errors


def _judge_picture(article: Article | None, values: Values, clean: dict[str, Any], errors: dict[str, str]) -> None:
    """Draw the new picture, or take the old one away; a picture needs words for those who cannot see it."""
    has_picture = bool(article and article.picture_id)
    if content := values.get("picture"):
        try:
            clean["drawing"], has_picture = draw_picture(bytes(content)), True  # type: ignore[arg-type]
        except PictureRefused as refused:
            errors["picture"] = str(refused)
    elif values.get("remove_picture"):
        clean["picture_id"], has_picture = None, False
    words = clean.get("picture_alt", article.picture_alt if article else "")
    if has_picture and not words and "picture_alt" not in errors:
        errors["picture_alt"] = _("Say what the picture shows, for readers who cannot see it.")


def _body(source: str) -> tuple[str, list[str]]:
    return normalise(source), render_article(source)


def _write(article: Article, clean: dict[str, Any]) -> None:
    """Put the clean values into the article."""
    rest = dict(clean)
    if "drawing" in rest:  # first, because looking it up would write what else has changed
        article.picture = keep_drawing(article.site_id, rest.pop("drawing"))
    if "body_source" in rest:
        article.write_body(*rest.pop("body_source"))
    if "videos" in rest:
        wanted = rest.pop("videos")
        if wanted != [(video.url, video.title) for video in article.videos]:
            article.videos = [Video(url=url, title=title, position=n) for n, (url, title) in enumerate(wanted)]
    for name, value in rest.items():
        if getattr(article, name) != value:
            setattr(article, name, value)


def _keep(thing: Article | Site, unique_field: str, sentence: str) -> None:
    """Write the row now, so that the database says whether its name is free."""
    try:
        db.session.add(thing)
        db.session.flush()
    except IntegrityError as error:
        raise WrongFields({unique_field: sentence}) from error


def _in_short(article: Article) -> dict[str, Any]:
    """Return the article's fields for the log; the body only as its length."""
    names = (
        "external_id", "title", "standfirst", "byline", "section", "url", "picture_id", "picture_alt",
        "trailer_url", "gate", "gate_after_blocks", "comments", "comment_mode", "comments_close_after_days",
    )  # fmt: skip
    return {
        **{name: getattr(article, name) for name in names},
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "body_characters": len(article.body_source or ""),
        "videos": [video.url for video in article.videos],
    }
