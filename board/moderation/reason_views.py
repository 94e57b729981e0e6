"""`/manage/sites/<n>/reasons`: an editor words the reasons for which comments are removed on a site."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from board import audit
from board.access import NotThere, Refused, load
from board.accounts.current import staff
from board.accounts.forms import form_page
from board.accounts.models import User
from board.accounts.reach import reach
from board.answers import private
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Site
from board.comments.reasons import Reason, reword, site_reasons
from board.extensions import db
from board.moderation.forms import ReasonWordingForm
from board.moderation.views import blueprint

FIELDS = ("name", "words", "ground", "rule", "is_active")
MOST_REASONS = 40


@blueprint.get("/manage/reasons")
def reasons_here() -> Response:
    """Lead to the reasons of the editor's site, or of the first of them."""
    return redirect(url_for(".reasons", number=site_to_manage(staff("editor")).id))


@blueprint.get("/manage/sites/<int:number>/reasons")
def reasons(number: int) -> Response:
    """List the site's reasons."""
    editor = staff("editor")
    site = load_site(number, editor)
    sites = sites_to_manage(editor)
    html = render_template("moderation/reasons.html", site=site, sites=sites, reasons=site_reasons(site.id))
    return private(make_response(html))


@blueprint.route("/manage/sites/<int:number>/reasons/new", methods=["GET", "POST"], defaults={"base": ""})
@blueprint.route("/manage/sites/<int:number>/reasons/<base>", methods=["GET", "POST"])
def reason(number: int, base: str) -> Response:
    """Word one of the site's reasons anew, or add one."""
    editor = staff("editor")
    site = load_site(number, editor)
    former = find(site, base)
    form = ReasonWordingForm(data={field: getattr(former, field) for field in FIELDS} if former else None)
    if not form.validate_on_submit():
        return form_page("moderation/reason.html", form, site=site, reason=former)
    if former and not form.is_active.data and not _has_another(site, former):
        form.refuse(_("A site needs at least one reason. Offer another one first."), form.is_active)
        return form_page("moderation/reason.html", form, site=site, reason=former)
    try:
        _save(site, former, {field: form[field].data for field in FIELDS}, editor)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise Refused(_("Somebody else changed this reason at the same moment. Look at it again.")) from None
    flash(_("Saved. What was decided before keeps its words."), "success")
    return redirect(url_for(".reasons", number=number), 303)


def load_site(number: int, editor: User) -> Site:
    """Return the site if it is within the editor's reach. Raises NotThere."""
    return load(select(Site).where(Site.id == number, reach(editor, "editor").covers(Site.id)))


def find(site: Site, base: str) -> Reason | None:
    """Return the site's reason in its present wording; None for one to be added. Raises NotThere."""
    found = site_reasons(site.id)
    if base:
        former = next((one for one in found if one.base == base), None)
        if former is None:
            raise NotThere
        return former
    if len(found) >= MOST_REASONS:
        raise Refused(_("A site can have %(count)s reasons. Change one of them instead.", count=MOST_REASONS))
    return None


def _has_another(site: Site, reason: Reason) -> bool:
    return any(one.is_active and one.base != reason.base for one in site_reasons(site.id))


def _save(site: Site, former: Reason | None, wording: dict[str, object], editor: User) -> None:
    before = {field: getattr(former, field) for field in FIELDS} if former else None
    if before == wording:
        return
    made = reword(site.id, former.base if former else "", **wording)
    audit.record("reason.worded", site, by=editor, site_id=site.id, reason=made.key, before=before, after=wording)
