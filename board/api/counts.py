"""How many comments many articles have: one answer for a publisher's front page.

Public and the same for everybody, so it is served from ready bytes and any page may read it.
"""

from flask import Blueprint, Response, jsonify, request

from board.answers import kept, private
from board.articles.loading import site_at
from board.comments.threads import counts_of

MAX_ARTICLES = 100

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/counts")
def counts() -> Response:
    """Return the number of published comments of each `article_id`; 0 for articles that are not known yet."""
    asked, site = sorted(set(filter(None, request.args.getlist("article_id")))), request.args.get("site", "")
    if not asked or len(asked) > MAX_ARTICLES or any("\0" in text for text in (*asked, site)):
        return _refuse(f"Give 1 to {MAX_ARTICLES} article_id parameters, without U+0000.")
    if "://" in site:  # a page names its own origin, where its site is known by that
        known = site_at(site)
        site = known.slug if known else site
    found = counts_of(asked, site)
    if found is None:
        return _refuse("There is no such site.", 404)
    response = kept(jsonify(counts={name: found.get(name, 0) for name in asked}), is_public=True)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _refuse(reason: str, status: int = 400) -> Response:
    response = private(jsonify(error=reason))
    response.status_code = status
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
