"""`/manage/sites/<n>/notices`: after how long a wait the moderators of a site are told, and how often."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from board import audit
from board.accounts.current import staff
from board.accounts.forms import AccountForm, form_page
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Site
from board.extensions import db
from board.moderation.overdue import EVERY_HOURS, HOURS, OverdueRule, rule_of
from board.moderation.overdue_feed_views import feed_of, load_site
from board.moderation.views import blueprint

FIELDS = ("hours", "every_hours")
WAITS = {
    "0": _l("Never"),
    "1": _l("1 hour"),
    "2": _l("2 hours"),
    "4": _l("4 hours"),
    "8": _l("8 hours"),
    "12": _l("12 hours"),
    "24": _l("1 day"),
    "48": _l("2 days"),
    "72": _l("3 days"),
}
PAUSES = {
    "4": _l("Every 4 hours"),
    "12": _l("Every 12 hours"),
    "24": _l("Once a day"),
    "72": _l("Every 3 days"),
    "168": _l("Once a week"),
}


class OverdueForm(AccountForm):
    """How long something may wait, and how often to tell."""

    hours = SelectField(
        _l("Tell the moderators when something has waited for"), choices=[SelectChoice(*pair) for pair in WAITS.items()]
    )
    every_hours = SelectField(_l("At most"), choices=[SelectChoice(*pair) for pair in PAUSES.items()])


@blueprint.get("/manage/notices")
def overdue_here() -> Response:
    """Lead to the notices of the editor's site, or of the first of them."""
    return redirect(url_for(".overdue", number=site_to_manage(staff("editor")).id))


@blueprint.route("/manage/sites/<int:number>/notices", methods=["GET", "POST"])
def overdue(number: int) -> Response:
    """Show how long something may wait on the site; change it."""
    editor = staff("editor")
    site = load_site(number, editor)
    form = OverdueForm(data={field: str(value) for field, value in _now(site).items()})
    if not form.validate_on_submit():
        context = {"site": site, "sites": sites_to_manage(editor), "feed": feed_of(site)}
        return form_page("moderation/overdue.html", form, **context)
    _save(site, {field: int(form[field].data) for field in FIELDS}, editor)
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".overdue", number=number), 303)


def _now(site: Site) -> dict[str, int]:
    rule = db.session.get(OverdueRule, site.id)
    return _terms(rule) if rule else {"hours": HOURS, "every_hours": EVERY_HOURS}


def _save(site: Site, terms: dict[str, int], editor: Any) -> None:
    rule = rule_of(site.id)
    before = _terms(rule)
    if before == terms:
        return
    rule.hours, rule.every_hours = terms["hours"], terms["every_hours"]
    audit.record("overdue.changed", site, by=editor, site_id=site.id, before=before, after=terms)


def _terms(rule: OverdueRule) -> dict[str, int]:
    return {"hours": rule.hours, "every_hours": rule.every_hours}
