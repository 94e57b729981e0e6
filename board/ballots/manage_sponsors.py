"""`/manage/sponsors`: who pays for ballots."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.accounts.models import User
from board.accounts.reach import reach
from board.answers import private
from board.articles.managing import site_to_manage
from board.articles.pictures import PictureRefused
from board.articles.uploads import takes_pictures, uploaded
from board.ballots.forms import SponsorForm
from board.ballots.models import Sponsor
from board.ballots.operations import keep_sponsor
from board.ballots.terms import TermsRefused
from board.extensions import db

blueprint = Blueprint("manage_sponsors", __name__, url_prefix="/manage/sponsors")

UNPROCESSABLE = 422


@blueprint.get("")
def sponsors() -> Response:
    """List the sponsors by name."""
    own = reach(staff("editor"), "editor").covers(Sponsor.site_id)
    found = db.session.scalars(select(Sponsor).where(own).order_by(Sponsor.name)).unique().all()
    return private(make_response(render_template("ballots/manage/sponsors.html", sponsors=found)))


@blueprint.route("/new", methods=["GET", "POST"])
@takes_pictures
def new_sponsor() -> BaseResponse:
    """Add a sponsor."""
    user = staff("editor")
    site = site_to_manage(user)
    return keep(Sponsor(site_id=site.id, site=site, name="", url=""), SponsorForm(), user)


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@takes_pictures
def sponsor(number: int) -> BaseResponse:
    """Edit a sponsor; every ballot shows the new link and logo."""
    user = staff("editor")
    found = load(select(Sponsor).where(Sponsor.id == number, reach(user, "editor").covers(Sponsor.site_id)))
    return keep(found, SponsorForm(data={"name": found.name, "url": found.url}), user)


def keep(sponsor: Sponsor, form: SponsorForm, user: User) -> BaseResponse:
    """Show the form, or keep what it holds."""
    if request.method == "POST":
        try:
            keep_sponsor(
                sponsor,
                name=form.name.data or "",
                url=form.url.data or "",
                logo=uploaded(form.logo.data),
                removes_logo=bool(form.remove_logo.data),
                by=user,
            )
        except (TermsRefused, PictureRefused) as refused:
            db.session.rollback()
            form.refuse(refused.faults if isinstance(refused, TermsRefused) else {"logo": [str(refused)]})
        else:
            db.session.commit()
            flash(_("Saved: %(name)s.", name=sponsor.name), "success")
            return redirect(url_for("manage_sponsors.sponsors"), 303)
    html = render_template("ballots/manage/sponsor.html", form=form, sponsor=sponsor if sponsor.id else None)
    return private(make_response(html, UNPROCESSABLE if form.errors else 200))
