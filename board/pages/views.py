"""The front page and the hosted article page."""

from flask import Blueprint, Response, current_app, make_response, render_template, request, send_from_directory
from flask_login import current_user

from board.answers import is_for_everybody, kept
from board.articles.loading import article_path, find_site, load_article
from board.ballots.placing import ballots_on
from board.comments.layout import thread_html
from board.comments.thread import thread_page
from board.gate.opening import opening_for
from board.pages.headlines import Headlines, headlines
from board.pages.metadata import canonical_url, description, news_article, share_picture_url
from board.pages.overlay import show_overlay

pages = Blueprint("pages", __name__)

NOT_FOR_CRAWLERS = (
    *("/account", "/confirm", "/login", "/logout", "/manage", "/moderation", "/register", "/reset"),
    *("/comments/", "/articles/*/comments", "/articles/*/overlay", "/articles/*/thread/version", "/*?*sort="),
)


@pages.get("/")
def front() -> Response:
    """List the site's articles."""
    site = find_site()
    before, after = request.args.get("before", ""), request.args.get("after", "")
    page = headlines(site, before=before, after=after) if site else Headlines([], None, None)
    is_public = is_for_everybody()
    html = render_template("pages/front.html", site=site, page=page, public_page=is_public)
    return kept(make_response(html), is_public=is_public)


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Give the site's sign to whoever asks for it without having read a page's head."""
    return _for_a_day(send_from_directory(str(current_app.static_folder), "icons/board.svg"))


@pages.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave out what is no page to find: forms, accounts, fragments."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS)]
    return _for_a_day(Response("\n".join(lines) + "\n", mimetype="text/plain"))


def _for_a_day(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@pages.get("/articles/<path:article_id>")
def article(article_id: str) -> Response:
    """Show the article with all its parts."""
    shown = load_article(article_id)
    thread = thread_page(shown, current_user)
    opening = opening_for(shown)
    ballots = ballots_on(shown)
    is_public = is_for_everybody() and not (opening.is_personal or any(view.is_personal for view in ballots))
    html = render_template(
        "pages/article.html",
        article=shown,
        ballots=ballots,
        opening=opening,
        thread_html=thread_html(thread, is_public=is_public),
        canonical_url=canonical_url(shown),
        description=description(shown),
        share_picture_url=share_picture_url(shown),
        news_article=news_article(shown, thread.total),
        login_next=article_path(shown),
        public_page=is_public,
    )
    return kept(make_response(html), is_public=is_public, has_overlay=bool(thread.overlay_url))


@pages.get("/articles/<path:article_id>/overlay")
def overlay(article_id: str) -> Response:
    """Show what is this reader's own on the article's page, for its script to lay over a page kept for everybody."""
    return show_overlay(article_id, request.args.get("site", ""), request.args.get("ids", ""))
