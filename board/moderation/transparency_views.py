"""`/moderation/transparency`: the counts for a transparency report, on a page and as CSV."""

from flask import make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from board.accounts.current import staff
from board.accounts.reach import reach
from board.answers import private
from board.moderation.transparency import as_csv, count_period, make_period
from board.moderation.views import blueprint


@blueprint.get("/moderation/transparency")
def transparency() -> Response:
    """Show what was decided in a period, why, and what became of reports, notices and appeals."""
    within = reach(staff("moderator"), "moderator")
    typed = [request.args.get(name, "").strip() for name in ("from", "to")]
    problem = ""
    try:
        period = make_period(*typed)
    except ValueError:
        period, problem = make_period("", ""), _("Enter two days, the earlier one first.")
    found = count_period(period, within)
    status = 422 if problem else 200
    html = render_template("moderation/transparency.html", found=found, problem=problem, hours_text=hours_text)
    return private(make_response(html, status))


@blueprint.get("/moderation/transparency.csv")
def transparency_csv() -> Response:
    """Give the same as CSV."""
    within = reach(staff("moderator"), "moderator")
    try:
        period = make_period(request.args.get("from", ""), request.args.get("to", ""))
    except ValueError:
        period = make_period("", "")
    answer = private(make_response(as_csv(count_period(period, within))))
    answer.mimetype = "text/csv"
    name = f"transparency-{period.first}-{period.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def hours_text(hours: float | None) -> str:
    """Say how long something took, in minutes or hours; a dash if nothing did."""
    if hours is None:
        return "–"
    if hours < 1:
        return str(ngettext("%(num)s minute", "%(num)s minutes", round(hours * 60)))
    return str(ngettext("%(num)s hour", "%(num)s hours", round(hours)))
