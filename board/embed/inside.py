"""A request from inside a frame: what stands there is answered, the rest led out; the site's pages alone show it."""

from urllib.parse import urlencode

from flask import Flask, make_response, redirect, render_template, request, url_for
from sqlalchemy import Select, bindparam, select
from werkzeug.wrappers import Response

from board.access import NotThere, load
from board.answers import is_fragment, is_own_path, private
from board.articles.loading import load_article
from board.articles.models import Site
from board.ballots.models import Ballot
from board.ballots.terms import is_slug
from board.comments.models import Comment
from board.csrf import SAFE_METHODS
from board.embed.links import INSIDE, enter_frame, outside, place_of, present_frame
from board.embed.mount import FRAMES, PLACE_KEY, FrameMount
from board.embed.sites import framed
from board.extensions import table_of
from board.statements import prepared

LEADS = ("Location", "HX-Redirect")


def enter_place() -> Response | None:
    """Enter the frame that the address names; lead out what does not stand in one."""
    slug = request.environ.get(PLACE_KEY)
    if slug is None:
        return None
    if request.endpoint is None or not is_own_path(request.path):
        raise NotThere
    if request.headers.get("Sec-Fetch-Dest") == "document":  # a tab of its own
        return redirect(request.full_path.rstrip("?"), 307)
    site = enter_frame(load(select(Site).where(Site.slug == slug)))
    if request.endpoint in INSIDE:
        refuse_foreign(site)
        return lead_to_frame()
    if request.method not in SAFE_METHODS:
        raise NotThere
    return private(make_response(render_template("embed/elsewhere.html", way=request.full_path.rstrip("?"))))


def refuse_foreign(site: Site) -> None:
    """Raise NotThere for what belongs to another site.

    The site's keys make members at will, and its pages stand around what they press: neither reaches further.
    """
    named, asked = request.view_args or {}, request.args.get("site", "")
    if "article_id" in named:
        is_own = asked == site.slug or (site.is_primary and not asked)
    elif "comment_id" in named:
        is_own = _site_of_comment.scalar(number=named["comment_id"]) == site.id
    elif "slug" in named:
        is_own = is_slug(named["slug"]) and _site_of_ballot.scalar(slug=named["slug"]) == site.id
    else:
        return
    if not is_own:
        raise NotThere


@prepared
def _site_of_comment(_dialect: str) -> Select[int]:
    comment = table_of(Comment).c
    return select(comment.site_id).where(comment.id == bindparam("number"))


@prepared
def _site_of_ballot(_dialect: str) -> Select[int]:
    ballot = table_of(Ballot).c
    return select(ballot.site_id).where(ballot.slug == bindparam("slug"))


def lead_to_frame() -> Response | None:
    """Lead from a hosted page, which no frame shows, to its part that one does."""
    asked = request.args.to_dict()
    if request.method not in SAFE_METHODS or request.endpoint not in {"pages.article", "ballots.show"}:
        return None
    if request.endpoint == "ballots.show":
        if is_fragment():
            return None
        slug = str((request.view_args or {}).get("slug"))
        path = url_for("embed.ballot", slug=slug)
        return redirect(f"{path}{'&' if '?' in path else '?'}{urlencode(asked)}" if asked else path, 302)
    from board.embed.finding import frame_path

    article = load_article(request.view_args["article_id"])  # type: ignore[index]
    comment = asked.get("comment", "")
    return redirect(frame_path(article) + (f"&comment={comment}" if comment.isdecimal() else ""), 302)


def stay_inside(response: Response) -> Response:
    """Let what follows stand in the frame too, and the site's pages alone show it."""
    site = present_frame()
    if site is None:
        return response
    for name in LEADS:
        way = response.headers.get(name, "")
        if way.startswith("/") and not way.startswith(FRAMES):
            response.headers[name] = place_of(site) + way
    if not is_fragment() and response.mimetype == "text/html":
        framed(response, site)
    return response


def init_frames(app: Flask) -> None:
    """Put the layer for frames before Flask, and let every request know whether it comes from one."""
    app.wsgi_app = FrameMount(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request_funcs[None].insert(1, enter_place)  # after the clock, before anything that may answer
    app.after_request(stay_inside)
    app.jinja_env.globals.update(present_frame=present_frame, outside=outside)
