"""An article and a site as a person would type them: what a form shows and takes back unchanged."""

from datetime import datetime

from board.articles.models import Article, Site
from board.days import own_zone
from board.storage import now


def article_as_typed(article: Article) -> dict[str, str]:
    """Return each field's text."""
    days = article.comments_close_after_days
    return {
        "external_id": article.external_id,
        "title": article.title,
        "standfirst": article.standfirst,
        "byline": article.byline,
        "section": article.section,
        "published_at": moment_as_typed(article.published_at),
        "url": article.url,
        "body_source": article.body_source,
        "picture_alt": article.picture_alt,
        "trailer_url": article.trailer_url,
        "videos": "\n".join(f"{v.url} | {v.title}" if v.title else v.url for v in article.videos),
        "gate": article.gate,
        "gate_after_blocks": str(article.gate_after_blocks),
        "comments": article.comments,
        "comment_mode": article.comment_mode,
        "comments_close_after_days": "" if days is None else str(days),
    }


def blank_article() -> dict[str, str]:
    """Return what the form of a new article begins with."""
    return {
        "published_at": moment_as_typed(now().replace(second=0, microsecond=0)),
        "gate": "open",
        "gate_after_blocks": "2",
        "comments": "open",
        "comment_mode": "site",
    }


def site_as_typed(site: Site) -> dict[str, str]:
    """Return each field's text."""
    return {
        "name": site.name,
        "slug": site.slug,
        "origins": "\n".join(site.origins),
        "language": site.language,
        "comment_mode": site.comment_mode,
    }


def moment_as_typed(moment: datetime) -> str:
    """Return the time in the operator's time zone, to the minute or second; browsers' fields take no finer one."""
    local = moment.astimezone(own_zone()).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second or local.microsecond else "minutes")
