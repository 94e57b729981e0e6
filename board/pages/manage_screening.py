"""`/manage/sites/<n>/screening`: a site's rules; tried on a text and on the last thirty days before they are saved."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.accounts.reach import reach
from board.answers import private
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Site
from board.articles.operations import edit_site
from board.articles.rules import WrongFields
from board.articles.uploads import takes_long_forms
from board.audit import AuditEntry
from board.comments.replaying import replay
from board.extensions import db
from board.markup import MarkupError, normalise
from board.pages.manage import manage
from board.pages.manage_articles import UNPROCESSABLE
from board.pages.screening_form import RulesForm
from board.screening.catalogue import ADVICE, STEPS
from board.screening.explaining import explain
from board.screening.operations import change_rules
from board.screening.questions import SERVICES, is_set_up
from board.screening.rules import Rules, judged, with_values
from board.screening.taught import model_of, rules_of
from board.screening.trying import Trial, try_text

CHANGES_SHOWN = 10


@manage.get("/screening")
def screening_of_a_site() -> BaseResponse:
    """Lead to the rules of the site that is asked for, or of the first one."""
    return redirect(url_for("manage.screening", number=site_to_manage(staff("editor")).id), 302)


@manage.route("/sites/<int:number>/screening", methods=["GET", "POST"])
@takes_long_forms
def screening(number: int) -> BaseResponse:
    """Show the rules; try them; save them."""
    user = staff("editor")
    site = load(select(Site).where(Site.id == number, reach(user, "editor").covers(Site.id)))
    rules = rules_of(site)
    shown = {**rules.as_typed(), "comment_mode": site.comment_mode, "version": str(site.rules_version)}
    form = RulesForm(data=shown)
    if request.method != "POST":
        return _page(form, site, rules)
    try:
        if request.form.keys() & {"try", "replay"}:
            return _tried(form, site, with_values(rules, judged(form.typed_rules())))
        return _saved(form, site, user)
    except WrongFields as wrong:
        db.session.rollback()
        form.refuse(wrong.errors)
        return _page(form, site, rules)


def _saved(form: Any, site: Site, user: Any) -> BaseResponse:
    seen = int(form.version.data) if (form.version.data or "").isdecimal() else None
    is_changed = change_rules(site, form.typed_rules(), by=user, seen_version=seen)
    if form.comment_mode.data and form.comment_mode.data != site.comment_mode:
        edit_site(site, {"comment_mode": form.comment_mode.data}, by=user)
        is_changed = True
    db.session.commit()
    flash(_("Saved. New comments go by these rules now.") if is_changed else _("Nothing was changed."), "success")
    return redirect(url_for("manage.screening", number=site.id), 303)


def _tried(form: Any, site: Site, rules: Rules) -> Response:
    """Show what the rules as typed would do, with nothing saved."""
    if "replay" in request.form:
        return _page(form, site, rules, replayed=replay(site, rules))
    trial: Trial | None = None
    try:
        trial = try_text(site, rules, normalise(form.sample.data or ""), is_first=form.sample_is_first.data)
    except MarkupError as error:
        form.refuse({"sample": str(error)})
    return _page(form, site, rules, trial=trial)


def _page(form: Any, site: Site, rules: Rules, **more: Any) -> Response:
    html = render_template(
        "manage/screening.html",
        form=form,
        site=site,
        sites=sites_to_manage(staff("editor")),
        steps=STEPS,
        advice=ADVICE,
        rules=rules,
        model=model_of(site, at_once=True),
        changes=_changes(site),
        explain=explain,
        missing=[step for step in SERVICES if not is_set_up(step)],
        step_titles={step.name: step.title for step in STEPS},
        **more,
    )
    return private(make_response(html, UNPROCESSABLE if form.errors else 200))


def _changes(site: Site) -> list[AuditEntry]:
    """Return the latest changes of the rules, newest first."""
    mine = (AuditEntry.subject_type == "site", AuditEntry.subject_id == str(site.id))
    query = select(AuditEntry).where(*mine, AuditEntry.action == "screening.changed")
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(CHANGES_SHOWN)))
