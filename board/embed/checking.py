"""`/manage/sites/…/pages`: the tag to paste, and a check of one of the site's own pages.

The check opens the page in a window of the admin's browser; nothing here fetches it. Board's script on that page says
that it runs, and each frame that it is shown; what does not come is what is missing.
"""

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import load
from board.accounts.current import staff
from board.answers import private
from board.articles.loading import site_at
from board.articles.models import Site
from board.articles.rules import is_on
from board.urls import absolute

embed = Blueprint("embed_check", __name__)

TAG = """<script async src="{script}"></script>
<board-thread article-id="YOUR-ID"{site}>
  <a href="{thread}">{words}</a>
</board-thread>"""
STYLE = """board-thread:not(:defined) { display: block; min-height: 100vh; }
board-ballot:not(:defined) { display: block; min-height: 360px; }
board-gate:not(:defined) { display: block; min-height: 320px; }
board-count { display: inline-block; min-width: 2ch; }"""


@embed.get("/manage/sites/<int:number>/pages")
def pages(number: int) -> Response:
    """Show the tag, and whether the page `?url=` can hold it; the page's script goes on to look at the page itself."""
    staff("admin")
    site = load(select(Site).where(Site.id == number))
    url = request.args.get("url", "").strip()
    is_registered = is_on(site.origins, url)
    html = render_template(
        "embed/pages.html", site=site, tag=tag_for(site), style=STYLE, url=url, is_registered=is_registered
    )
    response = make_response(html)
    # The window that is opened may answer; any other page still cannot reach this one.
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return private(response)


def tag_for(site: Site) -> str:
    """Return the HTML that an editor of the site's pages pastes."""
    needs_name = any(site_at(origin) != site for origin in site.origins)
    thread = "/articles/YOUR-ID/thread" + ("" if site.is_primary else f"?site={site.slug}")
    return TAG.format(
        script=absolute("/embed.js"),
        site=f' site="{site.slug}"' if needs_name else "",
        thread=absolute(thread),
        words=_("Comments"),
    )
