"""Addresses: article IDs of any text inside a path, and links that leave this machine.

WSGI servers decode `%2F` before we see it, so a slash (or a per cent sign) inside an article ID is escaped twice in
our own links; `spellings` gives what an arriving path may mean, the likeliest first. See docs/decisions/0005.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from flask import current_app, g, has_request_context, request, url_for
from werkzeug.routing import IntegerConverter, ValidationError

ARTICLE_PAGE = re.compile(r"/articles/([^/?#]{1,3000})(?:[?#]|$)")
FRAME_PLACE = re.compile(r"^/embed/at/[^/]+(?=/)")  # what stands before the paths of pages in frames (board/embed)
SAFE_IN_SEGMENT = "!$&'()*+,/:;=@"  # as Werkzeug quotes what it fills into a path
SOME_ID = "An_Article"  # which no site's short name holds, so that it stands in an address once
MAX_FRAMES = 2_000  # of addresses: a handful for each site, and for each site's frames
MAX_ROW_NUMBER = 2**63 - 1  # what an ID's column holds; a database falls over a larger one


class RowNumber(IntegerConverter):
    """`<int:…>` in a path: a number that can be a row's; an address with any other leads nowhere."""

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError, which makes the answer 404."""
        try:
            return row_number(value)
        except ValueError:
            raise ValidationError from None


def row_number(text: str) -> int:
    """Return the number of a row that a query names. Raises ValueError for what cannot be one."""
    number = int(text) if len(text) <= 20 else -1  # int() itself refuses thousands of digits, in its own way
    if not 0 <= number <= MAX_ROW_NUMBER:
        raise ValueError(text[:20])
    return number


def article_segment(external_id: str) -> str:
    """Return the article ID in the form that stands (once more percent-encoded) in a path."""
    if "/" in external_id or "%" in external_id:
        return external_id.replace("%", "%25").replace("/", "%2F")
    return external_id


def spellings(segment: str) -> list[str]:
    """Return the article IDs that a decoded path segment may stand for, the likeliest first."""
    if "%2F" not in segment and "%25" not in segment:
        return [segment]
    return [segment.replace("%2F", "/").replace("%25", "%"), segment]


def articles_in(path: str) -> list[str]:
    """Return the article IDs that a path may be the page of, the likeliest first; none if it is no article's page."""
    named = ARTICLE_PAGE.match(path)
    return [name for name in spellings(unquote(named[1])) if "\0" not in name] if named else []


def url_for_article(endpoint: str, external_id: str, site_slug: str | None = None, **values: object) -> str:
    """Return the path of an article's page, thread or form; `site_slug` only for a site that is not the primary one.

    A page of a thread has twenty such addresses. So what stands around the article's ID is asked of Flask once.
    """
    site: dict[str, Any] = {"site": site_slug} if site_slug else {}
    if values or not has_request_context():
        return url_for(endpoint, article_id=article_segment(external_id), **site, **values)  # type: ignore[arg-type]
    # In frames on publishers' pages, links lead elsewhere (`g.place`, board/embed/links.py).
    key = (endpoint, site_slug, g.get("place", ""), request.environ.get("SCRIPT_NAME", ""))
    frames: dict[tuple[str | None, ...], tuple[str, str]] = current_app.extensions.setdefault("article_urls", {})
    frame = frames.get(key)
    if frame is None:
        if len(frames) >= MAX_FRAMES:
            frames.clear()
        before, _id, after = url_for(endpoint, article_id=SOME_ID, **site).partition(SOME_ID)
        frame = frames[key] = before, after
    return f"{frame[0]}{_quoted_segment(external_id)}{frame[1]}"


@lru_cache(maxsize=1024)
def _quoted_segment(external_id: str) -> str:
    return quote(article_segment(external_id), safe=SAFE_IN_SEGMENT)


def absolute(path: str) -> str:
    """Return the address that readers reach a path of ours at; never one inside a frame."""
    return str(current_app.config["BOARD"].public_url) + FRAME_PLACE.sub("", path)


def discovery_url(path: str) -> str:
    """Return the address under which programs find the oEmbed answer for a page of ours."""
    return absolute(url_for("syndication.oembed", url=absolute(path), format="json"))
