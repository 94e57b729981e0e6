"""The queue of appeals, and the decision on one."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from board.accounts.current import staff
from board.accounts.forms import form_page
from board.accounts.reach import reach
from board.answers import private
from board.extensions import db
from board.moderation.appeals import decide_appeal, load_appeal, load_appeals
from board.moderation.forms import OutcomeForm
from board.moderation.views import blueprint


@blueprint.get("/moderation/appeals")
def appeals() -> Response:
    """Show the appeals that this person may decide, those due first."""
    moderator = staff("moderator")
    within = reach(moderator, "moderator")
    found = load_appeals(moderator, within)
    return private(make_response(render_template("moderation/appeals.html", appeals=found)))


@blueprint.route("/moderation/appeals/<int:statement_id>", methods=["GET", "POST"])
def appeal(statement_id: int) -> Response:
    """Decide one appeal: the form with its context, then the decision."""
    moderator = staff("moderator")
    found = load_appeal(statement_id, moderator, reach(moderator, "moderator"))
    form = OutcomeForm()
    if not form.validate_on_submit():
        return form_page("moderation/appeal.html", form, appeal=found)
    decide_appeal(found, moderator, form.outcome.data, form.words.data)
    db.session.commit()
    flash(_("Decided. The member is told."), "success")
    return redirect(url_for(".appeals"), 303)
