"""Articles appear by themselves, the first time their element is shown on one of the site's own pages.

Three things must agree. The browser says that a page on a registered origin loads a frame (`Referer`, which no page
can forge; `Sec-Fetch-Dest`): only then the document holds a ticket. That page answers the frame's greeting, from a
registered origin: only then the frame's script sends the ticket back. And the ticket comes from our own page, by POST.
The address must be on a registered origin too, and no network brings more than so many.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import request
from flask_babel import gettext as _
from itsdangerous import BadData

from board.access import Refused
from board.accounts.limits import count_in_network
from board.articles.models import Article, Site
from board.articles.operations import add_article
from board.articles.page_urls import page_url
from board.articles.rules import WrongFields, origin_of, seen
from board.comments.merging import article_called
from board.extensions import db
from board.signing import serializer_for

PURPOSE = "board embed article"  # of the signature under a ticket
ARTICLES_PER_NETWORK = 100  # in 15 minutes: more than an archive's reader opens, fewer than it takes to fill a site
TICKET_LASTS = timedelta(minutes=10)
MAX_TITLE_CHARACTERS = 300
MAX_ASKED_CHARACTERS = 3000


@dataclass(frozen=True)
class Ticket:
    """What a page said of its article, signed by us."""

    site_id: int
    external_id: str
    url: str
    title: str


def make_ticket(site: Site) -> str:
    """Return what the frame's script sends back to register the article that is asked for; empty if it may not."""
    if not _is_framed_by(site):
        return ""
    asked = [request.args.get(name, "")[:MAX_ASKED_CHARACTERS] for name in ("article_id", "url", "title")]
    return str(serializer_for(PURPOSE).dumps([site.id, *asked]))


def read_ticket(text: str) -> Ticket:
    """Return what the ticket says. Raises Refused if it is not ours, or too old."""
    try:
        return Ticket(*serializer_for(PURPOSE).loads(text, max_age=int(TICKET_LASTS.total_seconds())))
    except BadData as error:
        raise Refused(_("This page was open for too long. Load it again.")) from error


def register(site: Site, ticket: Ticket) -> Article:
    """Add the article unless it is there. Raises WrongFields, TooManyTries. The caller commits."""
    if known := article_called(site.id, ticket.external_id):
        return known
    count_in_network("embed article", ARTICLES_PER_NETWORK)
    title = " ".join(seen(ticket.title).split())[:MAX_TITLE_CHARACTERS] or ticket.external_id
    values = {"external_id": ticket.external_id, "title": title, "url": page_url(ticket.url)}
    try:
        return add_article(site, values)
    except WrongFields:
        db.session.rollback()
        if known := article_called(site.id, ticket.external_id):
            return known  # another reader was quicker
        raise


def _is_framed_by(site: Site) -> bool:
    """Tell whether the browser says that a page of the site's is loading this into a frame."""
    try:
        page_origin = origin_of(request.headers.get("Referer", ""))
    except ValueError:
        return False
    return page_origin in site.origins and request.headers.get("Sec-Fetch-Dest", "iframe") == "iframe"
