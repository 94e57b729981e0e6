"""Where the links of a page in a frame lead: what stands in a frame too stays there, all else leads out.

What is not listed here never shows in a frame: a member's settings, and all that staff do, need a tab of their own.
"""

from typing import Any

from flask import g
from flask.globals import request_ctx
from werkzeug.routing import MapAdapter

from board.articles.models import Site
from board.embed.mount import FRAMES, LANGUAGE_MARK
from board.languages import asked_language, speak_for

SIGN_IN = (
    *("security.login", "security.logout", "security.register", "security.send_confirmation"),
    *("accounts.mail_sent", "accounts.second_step", "accounts.mail_code", "accounts.enter_code"),
)
ACTS = (
    *("comments.compose", "comments.post", "comments.replies", "comments.reply", "comments.preview"),
    *("comments.permalink", "comments.edit_form", "comments.edit", "comments.deletion_form", "comments.deletion"),
    *("comments.hiding", "comments.unhiding", "comments.mute_member", "comments.unmute_member", "moderation.notice"),
    *("comments.reaction", "comments.visit", "comments.first_new", "moderation.report"),
    *("ballots.show", "ballots.show_form", "ballots.vote", "ballots.ticket", "gate.show_gate", "gate.unlock"),
)
PARTS = ("pages.article", "handover.take", "single_sign_on.take", "single_sign_on.end")
DOCUMENTS = "embed."  # the endpoints of what an element on a publisher's page asks for
INSIDE = frozenset({*SIGN_IN, *ACTS, *PARTS})


class FrameLinks(MapAdapter):
    """Addresses as they are inside a frame: what stands there is below the site's place, all else leads out."""

    def __init__(self, plain: MapAdapter, site: Site) -> None:
        """Take over everything else from the request's own adapter."""
        vars(self).update(vars(plain))
        self._place, self._language = place_of(site), asked_language()

    def build(self, endpoint: str, *args: Any, **more: Any) -> str:
        """Return the address of an endpoint."""
        path = super().build(endpoint, *args, **more)
        if self._language and endpoint.startswith(DOCUMENTS):
            return f"{path}{'&' if '?' in path else '?'}language={self._language}"
        return f"{self._place}{path}" if endpoint in INSIDE else path


def place_of(site: Site) -> str:
    """Return what stands before the paths of pages in the site's frames; the language that was asked for goes along."""
    language = asked_language()
    return f"{FRAMES}at/{site.slug}{LANGUAGE_MARK}{language}" if language else f"{FRAMES}at/{site.slug}"


def enter_frame(site: Site) -> Site:
    """Let this request's page stand in a frame on the site's pages; return the site."""
    plain = request_ctx.url_adapter
    if plain is not None and not isinstance(plain, FrameLinks):
        request_ctx.url_adapter = FrameLinks(plain, site)
    g.frame, g.place = site, place_of(site)
    speak_for(site.id)
    return site


def present_frame() -> Site | None:
    """Return the site whose pages hold the frame that asks; None outside of frames."""
    found: Site | None = g.get("frame")
    return found


def outside(path: str) -> str:
    """Return the path of the hosted page that stands behind a path in a frame."""
    site = present_frame()
    return path.removeprefix(place_of(site)) if site else path
