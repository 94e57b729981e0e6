"""The documents inside the frames on a publisher's page: a thread, a ballot, a gate.

Each may be framed by its site's registered origins only. Signed-out readers get the same bytes, whatever the page
around looks like: the page's looks come in the address's fragment and are put on by `static/js/frame.js`.
"""

from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from board.answers import is_for_everybody, kept
from board.articles.models import Article
from board.ballots.papers import load_ballot
from board.ballots.placing import view_of
from board.comments.answers import thread_answer
from board.comments.thread import ThreadPage, thread_page
from board.embed.finding import find_article
from board.embed.sites import asked_site, framed

embed = Blueprint("embed", __name__, url_prefix="/embed")


@embed.get("/thread")
def thread() -> Response:
    """Show an article's thread; to the frame's script a part of it."""
    site = asked_site()
    article = find_article(site, request.args.get("article_id", ""))
    return framed(thread_answer(framed_thread(article), "embed/thread.html", article=article, site=site), site)


@embed.get("/ballots/<slug>")
def ballot(slug: str) -> Response:
    """Show a ballot."""
    shown = load_ballot(slug)
    view = view_of(shown)
    html = render_template("embed/ballot.html", view=view, site=shown.site)
    return framed(kept(make_response(html), is_public=not view.is_personal and is_for_everybody()), shown.site)


def framed_thread(article: Article) -> ThreadPage:
    """Return the page of the thread that the request asks for; its links lead to frames again."""
    page = thread_page(article, current_user, frame_path(article))
    page.part_path = page.path
    return page


def frame_path(article: Article, endpoint: str = "embed.thread") -> str:
    """Return the path of the article's thread, or of another of its parts, as it stands in a frame."""
    values: dict[str, Any] = {"article_id": article.external_id}
    if not article.site.is_primary:
        values["site"] = article.site.slug
    return url_for(endpoint, **values)
