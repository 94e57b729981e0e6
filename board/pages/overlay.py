"""The overlay: what is this reader's own on an article's page, which is otherwise the same bytes for everybody.

Few queries, whatever the page shows: who asks, where, what is theirs. See docs/decisions/0020.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, render_template, session
from flask_login import current_user
from markupsafe import escape
from sqlalchemy import Select, bindparam, exists, or_, select

from board.access import NotThere
from board.answers import private, stop_overlay
from board.articles.loading import load_article, refuse_nul
from board.articles.models import PRIMARY_SITE_ID, Article, CommentTimes, Site
from board.ballots.models import Ballot, Placement
from board.ballots.placing import BallotView, ballots_on, ids_on, is_wide_on
from board.ballots.voters import address_keys, device_keys, member_keys
from board.ballots.votes import Vote
from board.blanks import filled
from board.comments.composer import Composer, make_composer
from board.comments.drafts import Draft
from board.comments.models import viewer_id
from board.comments.own import MAX_IDS, Own, own_comments
from board.comments.page import comment_paths
from board.comments.reading import ShownComment
from board.comments.tree import Node, Paths
from board.comments.visits import Visit, asked_by, beside_visit, visit_columns, visit_from
from board.csrf import form_token
from board.extensions import db
from board.statements import prepared
from board.urls import spellings

MAX_ID_DIGITS = 18


@dataclass
class Overlay:
    """What `pages/overlay.html` shows; to the macros of comments it is the `thread` that they stand in."""

    viewer: Any
    ballots: list[BallotView]
    paths: Paths = field(default_factory=comment_paths)
    own: Own = field(default_factory=Own)
    is_member: bool = False
    visit: Visit | None = None
    composer: Composer | None = None  # with the text of the viewer's that waits here, if one does
    sent_drafts: list[str] = field(default_factory=list)
    is_staff = False  # moderators get no overlay
    featured_ids: frozenset[int] = frozenset()  # what waits is not featured

    @property
    def has_more(self) -> bool:
        """Tell whether there is anything besides what every member gets."""
        return bool(self.own.held or self.ballots or self.composer or self.sent_drafts or "_flashes" in session)

    @property
    def liked(self) -> frozenset[int]:
        """Return which of the comments the viewer likes."""
        return self.own.liked

    @property
    def held(self) -> list[Node]:
        """Return the viewer's comments that wait for a moderator."""
        return [Node(comment) for comment in self.own.held]


def show_overlay(segment: str, site_slug: str, ids: str) -> Response:
    """Answer with the overlay for the article's page that shows the comments `ids`, as in "1,2,3"."""
    if current_user.is_authenticated and current_user.works_as("moderator"):
        return _ask_to_reload()
    place = _find_place(segment, site_slug, viewer_id(current_user))
    overlay = make_overlay(segment, place, comment_ids(ids))
    html = "".join(member_parts(overlay)) if overlay.is_member else ""
    if overlay.has_more:
        html += render_template("pages/overlay.html", thread=overlay)
    return private(make_response(html))


def comment_ids(text: str) -> list[int]:
    """Return the numbers in the text, at most as many as a page shows; what is no number is left out."""
    parts = text.split(",", MAX_IDS)[:MAX_IDS]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= MAX_ID_DIGITS]


def make_overlay(segment: str, place: Any, ids: list[int]) -> Overlay:
    """Return what is the present reader's own on the article's page."""
    viewer = current_user._get_current_object()
    ballots = _own_ballots(segment, place) if place.has_ballots else []
    overlay = Overlay(viewer, ballots, is_member=viewer.is_authenticated)
    if not overlay.is_member:
        return overlay
    overlay.visit = visit_from(place, viewer.id)
    overlay.own = own_comments(viewer, place.id, HoursOf(place).takes_comments, ids)
    overlay.composer = make_composer(load_article(segment), viewer) if place.has_kept_text else None
    overlay.sent_drafts = session.pop("drafts_sent", [])
    return overlay


def member_parts(overlay: Overlay) -> Iterator[str]:
    """Give what nearly every member gets: their name and tokens, what they like, the buttons of what they wrote."""
    viewer = overlay.viewer
    own = {"name": str(escape(viewer.display_name)), "token": form_token(), "key": secrets.token_hex(8)}
    yield filled("pages/overlay_frame.html", own, writer=Writer())
    if overlay.own.liked:
        yield f'<template data-liked="{",".join(map(str, overlay.own.liked))}"></template>'
    if viewer.muted_ids:
        yield _muted(viewer.muted_ids, overlay.paths.members)
    if overlay.visit and overlay.visit.is_hidden:
        values = {"token": form_token()}
        yield filled("pages/overlay_hidden.html", values, token="[[token]]")  # noqa: S106 - a blank
    for comment in overlay.own.written:
        if comment.state != "deleted":
            yield _own_actions(comment, viewer, overlay.paths.comments)
    if overlay.visit and (overlay.visit.is_due or overlay.visit.new_count):
        yield _visit(overlay.visit, overlay.paths.members)


def _muted(member_ids: list[int], members: str) -> str:
    """Return what folds the comments of members whom the viewer has muted, and whose they are."""
    authors = " ".join(f"{members}{member_id}" for member_id in member_ids)
    return f'<template data-muted="{authors}">{filled("comments/_muted.html", {}, body_html="")}</template>'


def _visit(visit: Visit, members: str) -> str:
    """Return how much is new to the viewer, since when, and whether their visit is to be noted."""
    values = {"news": str(escape(visit.text)), "since": str(visit.since_ms), "id": str(visit.member_id)}
    shown = NewsFrame(visit.is_due, bool(visit.new_count))
    return filled("comments/_visit_laid.html", values, visit=shown, visit_url="", first_new_url="", members=members)


def _own_actions(comment: ShownComment, viewer: Any, prefix: str) -> str:
    """Return the buttons of the viewer's own comment, and where on the page they go."""
    rights = Rights(comment.takes_replies, comment.can_be_edited_by(viewer), comment.can_be_deleted_by(viewer))
    blanks = {"id": "[[id]]", "path": f"{prefix}[[id]]", "likes": "[[likes]]" if comment.like_count else ""}
    values = {"id": str(comment.id), "likes": str(comment.like_count)}
    footer = filled("comments/_own_actions.html", values, may=rights, **blanks)
    return f'<template data-for="#comment-{comment.id} > .comment__own > .comment__actions">{footer}</template>'


@dataclass(frozen=True)
class Rights:
    """What an author may do with one of their comments."""

    reply: bool
    edit: bool
    delete: bool


@dataclass(frozen=True)
class Writer:
    """Whoever writes in the page's composer: blanks, for `comments/_composer_who.html` and the masthead."""

    display_name: str = "[[name]]"
    token: str = "[[token]]"  # noqa: S105 - a blank
    key: str = "[[key]]"
    element_id: str = "comment-form"
    is_member: bool = True

    @property
    def viewer(self) -> "Writer":
        """Return whose name is shown."""
        return self


@dataclass(frozen=True)
class NewsFrame:
    """A member's visit as `comments/_visit.html` shows it: whether it is due, whether anything is new, and a blank."""

    is_due: bool
    new_count: bool
    text: str = "[[news]]"


class HoursOf(CommentTimes):
    """When the article of a row takes comments."""

    def __init__(self, row: Any) -> None:
        """Take what the rule asks for from the row."""
        self.comments = row.comments
        self.comment_mode = row.comment_mode
        self._site_mode = row.site_mode
        self.published_at = row.published_at
        self.comments_close_after_days = row.comments_close_after_days

    @property
    def site_mode(self) -> str:
        """Return the site's mode."""
        return str(self._site_mode)


def _ask_to_reload() -> Response:
    """Have a moderator's page rendered for them alone: their buttons are on every comment."""
    response = private(make_response("", 205))
    stop_overlay(response)
    return response


def _find_place(segment: str, site_slug: str, member_id: int) -> Any:
    """Return what the overlay needs of the article, and whether there are ballots or a kept text. Raises NotThere."""
    refuse_nul(segment + site_slug)
    names = spellings(segment)
    values = {"likeliest": names[0], "other": names[-1], **asked_by(member_id)}
    found = _place_on_site.all(slug=site_slug, **values) if site_slug else _place.all(**values)
    for name in names:
        for place in found:
            if place.external_id == name:
                return place
    raise NotThere


@prepared
def _place(_dialect: str) -> Select[Any]:
    """Ask for an article of the primary site."""
    return _places().where(Site.__table__.c.id == PRIMARY_SITE_ID)


@prepared
def _place_on_site(_dialect: str) -> Select[Any]:
    """Ask for an article of another site."""
    return _places().where(Site.__table__.c.slug == bindparam("slug"))


def _places() -> Select[Any]:
    """Build the query, on tables: loading a whole article takes longer than all the rest of the overlay."""
    article, draft, site = Article.__table__.c, Draft.__table__.c, Site.__table__.c
    is_kept = (draft.user_id == bindparam("member")) & (draft.article_id == article.id) & draft.parent_id.is_(None)
    return (
        select(
            article.id,
            article.site_id,
            article.section,
            article.external_id,
            article.published_at,
            article.comments,
            article.comment_mode,
            site.comment_mode.label("site_mode"),
            article.comments_close_after_days,
            or_(
                exists().where(Placement.__table__.c.article_id == article.id),
                exists().where(is_wide_on(Ballot.__table__.c, article)),
            ).label("has_ballots"),
            exists().where(is_kept).label("has_kept_text"),
            *visit_columns(),
        )
        .select_from(beside_visit(Article.__table__))
        .join(Site.__table__, site.id == article.site_id)
        .where(or_(article.external_id == bindparam("likeliest"), article.external_id == bindparam("other")))
    )


def _own_ballots(segment: str, place: Any) -> list[BallotView]:
    """Return the article's ballots that look another way to this reader than to all."""
    keys = member_keys() + device_keys() + address_keys()
    voted = exists().where(Vote.ballot_id == Ballot.id, Vote.voter_key.in_(keys))
    is_other = or_(voted, Ballot.who != "anyone") if current_user.is_authenticated else voted
    ids = set(db.session.scalars(select(Ballot.id).where(Ballot.id.in_(ids_on(place)), is_other)))
    return [view for view in ballots_on(load_article(segment)) if view.ballot.id in ids] if ids else []
