"""`/embed.js`: the one script on a publisher's page, which makes the elements of Board work there."""

from flask import Blueprint, Response, current_app, request

from board.statics import KEPT_FOR_GOOD, short_form, static_version

embed = Blueprint("embed_loader", __name__)

SOURCE, SSO_SOURCE = "js/embed.js", "js/embed-sso.js"
# Within its hour a browser does not even ask; a process makes and compresses it once.
KEPT_FOR_AN_HOUR = "public, max-age=3600, immutable, stale-while-revalidate=86400, stale-if-error=604800"


@embed.get("/embed.js")
def loader() -> Response:
    """Give the script; browsers ask for a new one after an hour, for one named by its version never."""
    return _answer(SOURCE)


@embed.get("/embed-sso.js")
def single_sign_on() -> Response:
    """Give the script that passes on a publisher's token; only pages that have one load it."""
    return _answer(SSO_SOURCE)


def _answer(source: str) -> Response:
    response = Response(short_form(str(current_app.static_folder), source), mimetype="text/javascript")
    is_exact = request.args.get("v") == static_version(str(current_app.static_folder), source)
    response.headers["Cache-Control"] = KEPT_FOR_GOOD if is_exact else KEPT_FOR_AN_HOUR
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"  # for a publisher's `integrity` and `crossorigin`
    return response
