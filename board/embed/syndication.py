"""A thread for servers and programs: a bare fragment, a feed, oEmbed. All of it is public and the same for all."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from board.answers import kept, private
from board.articles.loading import article_path, load_article
from board.comments.thread import thread_page
from board.embed import oembed as answers

embed = Blueprint("syndication", __name__)

ATOM = "application/atom+xml"
FORMATS = ("json", "xml")
KEPT_FOR_A_WHILE = f"public, max-age={answers.CACHE_SECONDS}"
NOT_MADE = 501  # as the specification of oEmbed has it for a format that is not offered


@embed.get("/articles/<path:article_id>/thread/fragment")
def fragment(article_id: str) -> Response:
    """Give a page of the thread as bare HTML with whole addresses, for a publisher's server to put into its page."""
    article = load_article(article_id)
    thread = thread_page(article, None, article_path(article, "comments.thread"))
    html = render_template("embed/fragment.html", thread=thread, article=article)
    response = kept(make_response(html), is_public=True)
    response.headers["X-Robots-Tag"] = "noindex"  # it is to be found on the pages that hold it
    return response


@embed.get("/articles/<path:article_id>/thread.atom")
def feed(article_id: str) -> Response:
    """Give the thread's newest comments as an Atom feed."""
    from board.embed.feed import atom_feed

    response = kept(make_response(atom_feed(load_article(article_id))), is_public=True)
    response.mimetype = ATOM
    return response


@embed.get("/oembed")
def oembed() -> Response:
    """Answer what stands in another page for the address `url` of ours."""
    asked = request.args
    wanted = asked.get("format", "json")
    if wanted not in FORMATS:
        return _refuse("Ask for format=json or format=xml.", NOT_MADE)
    if not asked.get("url"):
        return _refuse("Give the address of a thread, a comment or a ballot as url=.", 400)
    try:
        room = answers.room_for(asked.get("maxwidth", ""), asked.get("maxheight", ""))
    except ValueError:
        return _refuse("maxwidth and maxheight are whole numbers of pixels.", 400)
    described = answers.describe(asked["url"], room)
    response = jsonify(described) if wanted == "json" else Response(answers.as_xml(described), mimetype="text/xml")
    response.headers["Cache-Control"] = KEPT_FOR_A_WHILE
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _refuse(reason: str, status: int) -> Response:
    response = private(jsonify(error=reason))
    response.status_code = status
    return response
