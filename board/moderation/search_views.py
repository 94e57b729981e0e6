"""Search over all comments, and the removal of all that a member wrote of late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from board.access import load, permit
from board.accounts.models import User
from board.accounts.reach import Reach
from board.accounts.step_up import fresh_proof
from board.answers import next_path, private
from board.comments.models import Comment
from board.extensions import commit_and_keep, db
from board.moderation import desk
from board.moderation.answers import flash_batch
from board.moderation.decisions import MAX_AT_ONCE, PROOF_ABOVE, decide
from board.moderation.desk_views import moderator_and_reach, words
from board.moderation.forms import RemovalForm
from board.moderation.items import load_items
from board.moderation.searching import STATES, find, read_search
from board.moderation.views import blueprint, not_about_oneself
from board.storage import now

PERIODS: dict[str, timedelta | None] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "all": None,
}


class SweepForm(RemovalForm):
    """Since when, and why, all comments of a member are removed."""

    since = SelectField(
        _l("Written within"),
        choices=[
            SelectChoice("day", _l("the last 24 hours")),
            SelectChoice("week", _l("the last 7 days")),
            SelectChoice("month", _l("the last 30 days")),
            SelectChoice("all", _l("any time")),
        ],
        default="week",
    )


@blueprint.get("/moderation/search")
def search() -> Response:
    """Find comments, and decide on them as in a queue."""
    moderator, within = moderator_and_reach()
    found = find(read_search(request.args), request.args.get("after", ""), within)
    page = desk.new_page("search", within)
    items = load_items(found.ids, within, moderator)
    page.groups = [desk.Group(items)] if items else []
    asked: dict[str, Any] = {**found.asked, "after": found.next_cursor}
    following = url_for(".search", **asked) if found.next_cursor else None
    html = render_template(
        "moderation/search.html", page=page, search=found, states=STATES, following=following, **words(page)
    )
    return private(make_response(html))


@blueprint.route("/moderation/members/<int:member_id>/removals", methods=["GET", "POST"])
def sweep(member_id: int) -> Response:
    """Remove all that a member wrote of late: the form with how many that is, then the removal."""
    moderator, within = moderator_and_reach()
    member = load(select(User).where(User.id == member_id))
    permit(member.id != moderator.id, not_about_oneself())
    form = SweepForm(site_ids=_sites_of(recent_comments_of(member, within, None)))
    counts = {name: _count(recent_comments_of(member, within, since_of(name))) for name in PERIODS}
    if not form.validate_on_submit():
        back = next_path(url_for(".member_page", member_id=member_id))
        html = render_template("moderation/sweep.html", form=form, member=member, counts=counts, back=back)
        return private(make_response(html, 422 if form.is_submitted() else 200))
    if counts[form.since.data] > PROOF_ABOVE:
        fresh_proof()
    comments = db.session.scalars(
        recent_comments_of(member, within, since_of(form.since.data)).limit(MAX_AT_ONCE)
    ).all()
    batch = decide(comments, "remove", moderator, reason=form.reason.data, note=form.note.data)
    commit_and_keep()
    flash_batch(batch, len(comments))
    return redirect(next_path(url_for(".member_page", member_id=member_id)), 303)


def recent_comments_of(member: User, within: Reach, since: datetime | None) -> Select[Any]:
    """Return the query for what the member wrote within reach since then and still stands or waits, newest first."""
    query = select(Comment).where(Comment.author_id == member.id, within.covers(Comment.site_id))
    query = query.where(Comment.state.in_(("published", "held")))
    query = query.where(Comment.created_at >= since) if since else query
    return query.order_by(Comment.created_at.desc(), Comment.id.desc())


def since_of(period: str) -> datetime | None:
    """Return when the period began; None for any time."""
    length = PERIODS[period]
    return now() - length if length else None


def _sites_of(query: Select[Any]) -> Sequence[int]:
    return db.session.scalars(query.with_only_columns(Comment.site_id).order_by(None).distinct()).all()


def _count(query: Select[Any]) -> int:
    ids = query.with_only_columns(Comment.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0
