"""`/moderation/log`: who did what to what, when and why; to be filtered, and to be taken away as a file."""

from tempfile import TemporaryFile

from flask import Response, make_response, render_template, request, send_file
from flask_babel import gettext as _

from board.access import Refused
from board.accounts.current import staff
from board.accounts.reach import reach
from board.answers import private
from board.audit import AuditEntry
from board.audit.exporting import FORMATS, as_lines, linked_entries, whole_log
from board.moderation.acts import ACTS, act_text
from board.moderation.logbook import KINDS, MOST_EXPORTED, count_linked, load_log, read_wanted, sites_within
from board.moderation.views import blueprint
from board.urls import row_number

UNPROCESSABLE = 422
TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}


@blueprint.get("/moderation/log")
def log() -> Response:
    """Show what was done within the moderator's reach, newest first, as far as it is asked for."""
    within = reach(staff("moderator"), "moderator")
    wanted = read_wanted(request.args)
    html = render_template(
        "moderation/log.html",
        log=load_log(wanted, within, request.args.get("before", type=row_number)),
        wanted=wanted,
        sites=sites_within(within),
        kinds=KINDS,
        acts=sorted(ACTS, key=act_text),
        act_text=act_text,
    )
    return private(make_response(html, UNPROCESSABLE if wanted.problems else 200))


@blueprint.get("/moderation/log/export")
def log_export() -> Response:
    """Send the same entries, with their places in the chain, as a file."""
    within = reach(staff("moderator"), "moderator")
    wanted, form = read_wanted(request.args), request.args.get("format", "jsonl")
    form = form if form in FORMATS else "jsonl"
    if count_linked(wanted, within) > MOST_EXPORTED:
        raise Refused(_("These are too many entries for one download. Choose a shorter time."))
    entries = linked_entries(whole_log().where(within.covers(AuditEntry.site_id), *wanted.conditions))
    file = TemporaryFile()  # noqa: SIM115 - closed by the server once it is sent
    file.writelines(line.encode() for line in as_lines(entries, form))
    file.seek(0)
    return private(send_file(file, TYPES[form], as_attachment=True, download_name=f"log.{form}"))
