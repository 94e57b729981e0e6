"""oEmbed (https://oembed.com): what stands in another page for the address of a thread, a comment or a ballot of ours.

Nothing is fetched: only addresses of this Board are known, and everything about them is in the database.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlencode, urlsplit

from flask import current_app, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from board.access import NotThere, load
from board.articles.loading import article_path, load_article_of
from board.articles.models import Article
from board.ballots.models import Ballot
from board.ballots.papers import load_ballot
from board.comments.models import Comment
from board.urls import absolute, row_number

ARTICLE = re.compile(r"/articles/([^/]+)(?:/thread)?")
COMMENT = re.compile(r"/comments/([0-9]+)")
BALLOT = re.compile(r"/ballots/([^/]+)(?:/results)?")
MAX_URL_CHARACTERS = 4000
WIDEST, TALLEST = 680, 800  # pixels: the measure of our pages; a thread in a frame scrolls
SMALLEST = 200
CACHE_SECONDS = 300

Described = dict[str, Any]


@dataclass(frozen=True)
class Room:
    """How much room the page has, in pixels."""

    width: int = WIDEST
    height: int = TALLEST


def room_for(width: str, height: str) -> Room:
    """Return the room that the request's `maxwidth` and `maxheight` leave. Raises ValueError for what is no number."""
    return Room(_pixels(width, WIDEST), _pixels(height, TALLEST))


def describe(url: str, room: Room) -> Described:
    """Return the oEmbed answer for one of our own addresses. Raises NotThere for any other."""
    parts = _own(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if found := COMMENT.fullmatch(parts.path):
        return _comment(found[1], room)
    if found := BALLOT.fullmatch(parts.path):
        return _ballot(load_ballot(unquote(found[1])), room)
    if found := ARTICLE.fullmatch(parts.path):
        if "comment" in asked:
            return _comment(asked["comment"], room)
        return _thread(load_article_of(asked.get("site", ""), unquote(found[1])), room)
    raise NotThere


def as_xml(described: Described) -> str:
    """Return the answer as oEmbed's XML."""
    from xml.etree import ElementTree

    root = ElementTree.Element("oembed")
    for name, value in described.items():
        ElementTree.SubElement(root, name).text = str(value)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False)


def _own(url: str) -> SplitResult:
    """Return the parts of an address of this Board. Raises NotThere for any other."""
    try:
        parts = urlsplit(url[:MAX_URL_CHARACTERS])
    except ValueError:
        raise NotThere from None
    if "\0" in unquote(url) or f"{parts.scheme}://{parts.netloc}" != current_app.config["BOARD"].public_url:
        raise NotThere
    return parts


def _thread(article: Article, room: Room) -> Described:
    asked = {"article_id": article.external_id} | ({} if article.site.is_primary else {"site": article.site.slug})
    return _framed(article.site.name, article.title, f"/embed/thread?{urlencode(asked)}", room)


def _ballot(ballot: Ballot, room: Room) -> Described:
    return _framed(ballot.site.name, ballot.question, f"/embed/ballots/{ballot.slug}", room)


def _framed(provider: str, title: str, path: str, room: Room) -> Described:
    html = render_template("embed/oembed_frame.html", url=absolute(path), title=title, room=room)
    return _rich(provider, title, html, room.width, room.height)


def _comment(number: str, room: Room) -> Described:
    try:
        comment_id = row_number(number)
    except ValueError:
        raise NotThere from None
    wanted = select(Comment).where(Comment.id == comment_id, Comment.state == "published")
    comment = load(wanted.options(joinedload(Comment.author), joinedload(Comment.article)))
    article = comment.article
    address = absolute(url_for("comments.permalink", comment_id=comment.id))
    thread = absolute(article_path(article, "comments.thread"))
    html = render_template("embed/oembed_comment.html", comment=comment, url=address, thread_url=thread)
    described = _rich(article.site.name, article.title, html, room.width, None)
    profile = absolute(url_for("comments.profile", member_id=comment.author_id))
    return described | {"author_name": comment.author.display_name, "author_url": profile}


def _rich(provider: str, title: str, html: str, width: int, height: int | None) -> Described:
    described = {
        "version": "1.0",
        "type": "rich",
        "provider_name": provider,
        "provider_url": current_app.config["BOARD"].public_url,
        "title": title,
        "cache_age": CACHE_SECONDS,
        "html": html.strip(),
        "width": width,
    }
    return described | {"height": height}


def _pixels(text: str, most: int) -> int:
    """Return the wish in pixels, no wider than our pages and no narrower than they can be read."""
    return max(SMALLEST, min(int(text[:9]), most)) if text else most
