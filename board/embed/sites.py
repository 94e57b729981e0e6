"""Which site a publisher's page belongs to, and who may frame what."""

from flask import request
from werkzeug.wrappers import Response

from board.access import NotThere
from board.articles.loading import load_site, site_at
from board.articles.models import Site
from board.embed.links import enter_frame
from board.web import content_security_policy


class OriginUnknown(NotThere):
    """No site has the origin of the page that asks: an admin adds it at /manage/sites."""


def asked_site() -> Site:
    """Return the site that `?site=` names, by its short name or by an origin of its pages. The answer is for a frame.

    Raises NotThere for an unknown name, OriginUnknown for an unknown origin.
    """
    asked = request.args.get("site", "")
    if "://" not in asked:
        return enter_frame(load_site())
    if site := site_at(asked):
        return enter_frame(site)
    raise OriginUnknown(asked)


def framed(response: Response, site: Site | None) -> Response:
    """Let the site's own pages, and no other, show the answer in a frame."""
    ancestors = " ".join(site.origins) if site and site.origins else "'none'"
    response.headers["Content-Security-Policy"] = content_security_policy(ancestors)
    return response
