"""The documents inside the frames on a publisher's page: a thread, a ballot, a gate.

Each may be framed by its site's registered origins only. Signed-out readers get the same bytes, whatever the page
around looks like: the page's looks come in the address's fragment and are put on by `static/js/frame.js`.
"""

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import NotThere, load
from board.accounts.limits import TooManyTries
from board.answers import is_for_everybody, is_fragment, kept, private
from board.articles.models import Article, Site
from board.articles.rules import WrongFields
from board.ballots.models import Ballot
from board.ballots.papers import load_ballot
from board.ballots.placing import view_of
from board.comments.answers import show_part
from board.comments.layout import thread_html
from board.comments.page import ThreadPage
from board.comments.thread import thread_page
from board.embed import registering
from board.embed.finding import find_article, frame_path
from board.embed.links import enter_frame
from board.embed.sites import asked_site, framed
from board.extensions import db
from board.gate.opening import opening_apart

embed = Blueprint("embed", __name__, url_prefix="/embed")


@embed.get("/thread")
def thread() -> Response:
    """Show an article's thread; to the frame's script a part of it."""
    site = asked_site()
    article = find_article(site)
    if article is None:
        return _unknown_article(site)
    shown = framed_thread(article)
    if is_fragment():
        return framed(show_part(shown), site)
    is_public = is_for_everybody(thread_only=True)
    html = thread_html(shown, is_public=is_public)
    page = render_template("embed/thread.html", thread=html, article=article, site=site, public_page=is_public)
    return framed(kept(make_response(page), is_public=is_public), site)


@embed.get("/ballots/<slug>")
def ballot(slug: str) -> Response:
    """Show a ballot."""
    try:
        shown = load_ballot(slug)
    except NotThere:
        return _no_ballot(slug)
    if not _may_be_meant(shown):
        return _no_ballot(slug)
    enter_frame(shown.site)
    view = view_of(shown)
    html = render_template("embed/ballot.html", view=view, site=shown.site)
    return framed(kept(make_response(html), is_public=not view.is_personal and is_for_everybody()), shown.site)


@embed.get("/gate")
def gate() -> Response:
    """Show an article's gate, and behind it the rest of the text if Board has it."""
    site = asked_site()
    article = find_article(site)
    if article is None:
        return _unknown_article(site)
    opening = opening_apart(article)
    html = render_template("embed/gate.html", opening=opening, article=article, site=site)
    return framed(kept(make_response(html), is_public=not opening.is_personal and is_for_everybody()), site)


@embed.post("/articles")
def register() -> Response:
    """Register the article of the page around, and show its thread."""
    ticket = registering.read_ticket(request.form.get("ticket", ""))
    site = enter_frame(load(select(Site).where(Site.id == ticket.site_id)))
    try:
        article = registering.register(site, ticket)
    except WrongFields as wrong:
        db.session.rollback()
        return _not_registered(site, " ".join(wrong.errors.values()), 422)
    except TooManyTries as refusal:
        db.session.commit()
        return _not_registered(site, str(refusal), 429)
    db.session.commit()
    endpoint = "embed.gate" if request.args.get("part") == "gate" else "embed.thread"
    return framed(redirect(frame_path(article, endpoint), 303), site)


def _may_be_meant(ballot: Ballot) -> bool:
    """Tell whether the page that asks may show the ballot: it names its site by an origin, or by its short name."""
    asked = request.args.get("site", "")
    return not asked or asked == ballot.site.slug or asked in ballot.site.origins


def _no_ballot(slug: str) -> Response:
    site = asked_site()
    problem = f"No ballot of “{site.name}” has the short name “{slug}”. See /manage/ballots."
    return _not_here(site, _("This vote is not here."), problem, 404)


def framed_thread(article: Article) -> ThreadPage:
    """Return the page of the thread that the request asks for; its links lead to frames again."""
    page = thread_page(article, current_user, frame_path(article))
    page.part_path = page.path
    return page


def _unknown_article(site: Site) -> Response:
    """Answer for an article that is not known yet: with a ticket to register it, where the page around may do so."""
    if not request.args.get("article_id"):
        return _not_registered(site, "The element needs an article-id.", 404)
    ticket = registering.make_ticket(site)
    if not ticket:
        return _not_registered(site, "The article appears once it is shown on a page of the site’s own.", 404)
    html = render_template("embed/unknown.html", site=site, ticket=ticket, part=str(request.endpoint).split(".")[-1])
    return framed(private(make_response(html)), site)


def _not_registered(site: Site, problem: str, status: int) -> Response:
    return _not_here(site, _("This article is not known here yet."), problem, status)


def _not_here(site: Site, told: str, problem: str, status: int) -> Response:
    """Answer readers with a sentence; and the page's developer, in the console and in English, with what to do."""
    html = render_template("embed/unknown.html", site=site, told=told, problem=problem)
    return framed(private(make_response(html, status)), site)
