"""A member as the moderators know them, and the sanctions of members and domains."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from board.access import NotThere, load, permit
from board.accounts.current import staff
from board.accounts.forms import ConfirmForm, form_page
from board.accounts.models import User
from board.accounts.reach import Reach, reach
from board.accounts.sanctions import Sanction, domain_in
from board.accounts.step_up import fresh_proof
from board.answers import private
from board.articles.models import Site
from board.comments.models import Comment
from board.extensions import db
from board.moderation.reporters import record_within
from board.moderation.sanction_forms import KIND_HINTS, KIND_NAMES, SanctionForm
from board.moderation.sanctioning import (
    MOST_ACCOUNTS,
    can_be_lifted_by,
    can_be_sanctioned_by,
    crowd_text,
    domain_sanctions,
    lift,
    members_at,
    sanction_domain,
    sanction_member,
    sanctions_of,
)
from board.moderation.views import blueprint
from board.urls import row_number

STATES = ("published", "held", "removed", "deleted")
NEED_PROOF = frozenset({"ban"})


@blueprint.get("/moderation/members/<int:member_id>")
def member_page(member_id: int) -> Response:
    """Show what moderators know of a member: comments, reports, sanctions."""
    moderator = staff("moderator")
    within = reach(moderator, "moderator")
    member = load_member(member_id)
    html = render_template(
        "moderation/member.html",
        member=member,
        counts=count_comments(member, within),
        record=record_within(member, within),
        is_everywhere=within.is_everywhere,
        sanctions=sanctions_of(member, within),
        kind_names=KIND_NAMES,
        can_sanction=can_be_sanctioned_by(member, moderator),
        can_end=lambda sanction: within.includes(sanction.site_id) and can_be_lifted_by(sanction, moderator),
        is_within=within.includes,
        site_names=site_names(),
    )
    return private(make_response(html))


@blueprint.route("/moderation/members/<int:member_id>/sanctions", methods=["GET", "POST"])
def sanction(member_id: int) -> Response:
    """Sanction a member: the form, then the sanction."""
    moderator = staff("moderator")
    within = reach(moderator, "moderator")
    member = load_member(member_id)
    form = make_form(within)
    permit(can_be_sanctioned_by(member, moderator), _("Only somebody with a higher role can do this."))
    back = url_for(".member_page", member_id=member.id)
    if not form.validate_on_submit():
        return form_page("moderation/sanction.html", form, member=member, hints=KIND_HINTS, back=back)
    if form.kind.data in NEED_PROOF:
        fresh_proof()
    sanction_member(member, moderator, form.kind.data, **form.terms)
    db.session.commit()
    flash(_("Done. %(name)s is told.", name=member.display_name), "success")
    return redirect(back, 303)


@blueprint.route("/moderation/sanctions/<int:sanction_id>/end", methods=["GET", "POST"])
def end_sanction(sanction_id: int) -> Response:
    """Lift a sanction: the question, then the lifting."""
    moderator = staff("moderator")
    within = reach(moderator, "moderator")
    lifted = load(select(Sanction).where(Sanction.id == sanction_id, within.covers(Sanction.site_id)))
    permit(can_be_lifted_by(lifted, moderator), _("Only somebody with a higher role can do this."))
    member = db.session.get(User, lifted.member_id) if lifted.member_id else None
    back = url_for(".member_page", member_id=member.id) if member else url_for(".domains")
    form = ConfirmForm()
    if not form.validate_on_submit():
        context = {"sanction": lifted, "member": member, "kind_names": KIND_NAMES, "back_url": back}
        return form_page("moderation/sanction_end.html", form, action=request.path, **context)
    if lift(lifted, moderator):
        flash(_("The sanction is lifted."), "success")
    db.session.commit()
    return redirect(back, 303)


@blueprint.get("/moderation/domains")
def domains() -> Response:
    """List the sanctions of e-mail domains, and ask for another domain."""
    within = reach(staff("moderator"), "moderator")
    html = render_template(
        "moderation/domains.html",
        sanctions=domain_sanctions(within),
        kind_names=KIND_NAMES,
        can_end=lambda sanction: within.includes(sanction.site_id),
        is_within=within.includes,
        site_names=site_names(),
    )
    return private(make_response(html))


@blueprint.route("/moderation/domains/sanctions", methods=["GET", "POST"])
def sanction_of_domain() -> Response:
    """Sanction everybody with an address at a domain: the form with how many that are, then the sanction."""
    moderator = staff("moderator")
    within = reach(moderator, "moderator")
    domain = domain_in(request.args.get("domain", ""))
    if not domain:
        flash(_("Enter a domain, as in example.com."), "error")
        return redirect(url_for(".domains"), 303)
    form, concerned = make_form(within, of_domain=True), len(members_at(domain))
    if concerned > MOST_ACCOUNTS:
        form.refuse(crowd_text())
    if form.errors or not form.validate_on_submit():
        context = {"domain": domain, "concerned": concerned, "hints": KIND_HINTS, "back": url_for(".domains")}
        return form_page("moderation/sanction.html", form, member=None, **context)
    fresh_proof()
    sanction_domain(domain, moderator, form.kind.data, **form.terms)
    db.session.commit()
    flash(_("Done. Whoever it concerns is told."), "success")
    return redirect(url_for(".domains"), 303)


def make_form(within: Reach, *, of_domain: bool = False) -> SanctionForm:
    """Return the form for the site that `?on=` names, or for all within reach. Raises NotThere."""
    sites = sites_within(within)
    on = request.args.get("on", type=row_number)
    if on is not None:
        sites = [site for site in sites if site.id == on]
    if not sites:
        raise NotThere
    return SanctionForm(sites=sites, is_everywhere=within.is_everywhere, of_domain=of_domain)


def sites_within(within: Reach) -> Sequence[Site]:
    """Return the sites within reach."""
    return db.session.scalars(select(Site).where(within.covers(Site.id)).order_by(Site.id)).all()


def site_names() -> dict[int | None, str]:
    """Return each site's name by its number, and what stands for all of them."""
    names: dict[int | None, str] = {None: _("all sites")}
    names.update((row.id, row.name) for row in db.session.execute(select(Site.id, Site.name)))
    return names


def load_member(member_id: int) -> User:
    """Return the live member. Raises NotThere."""
    return load(select(User).where(User.id == member_id, User.active, User.is_placeholder.is_(False)))


def count_comments(member: User, within: Reach) -> dict[str, int]:
    """Return how many comments the member has within reach, by state."""
    counted = select(Comment.state, func.count()).where(Comment.author_id == member.id)
    found = dict(db.session.execute(counted.where(within.covers(Comment.site_id)).group_by(Comment.state)).all())
    return {state: found.get(state, 0) for state in STATES}
