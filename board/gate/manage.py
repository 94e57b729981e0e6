"""`/manage/subscribers`: the addresses that readers left, for editors."""

from tempfile import TemporaryFile

from flask import Blueprint, Response, make_response, render_template, request, send_file

from board.accounts.current import staff
from board.answers import private
from board.articles.managing import site_to_manage
from board.audit import record
from board.extensions import db
from board.gate.listing import as_csv, counts_of, page_of
from board.gate.models import STATES
from board.urls import row_number

blueprint = Blueprint("subscribers", __name__)


@blueprint.get("/manage/subscribers")
def subscribers() -> Response:
    """List a site's addresses, newest first."""
    site = site_to_manage(staff("editor"))
    state, search = _state(), request.args.get("q", "").replace("\0", "").strip()
    page = page_of(site.id, state, search, request.args.get("before", type=row_number))
    html = render_template(
        "gate/subscribers.html",
        site=site,
        page=page,
        counts=counts_of(site.id),
        states=STATES,
        state=state,
        search=search,
    )
    return private(make_response(html))


@blueprint.get("/manage/subscribers.csv")
def subscribers_csv() -> Response:
    """Send the addresses as a file, and note in the log who took them."""
    user = staff("editor")
    site = site_to_manage(user)
    state = _state() if "state" in request.args else "confirmed"
    record("subscribers.exported", site, by=user, site_id=site.id, after={"state": state or "all"})
    db.session.commit()
    file = TemporaryFile()  # noqa: SIM115 - closed by the server once it is sent
    file.writelines(piece.encode() for piece in as_csv(site.id, state))
    file.seek(0)
    return private(send_file(file, "text/csv", as_attachment=True, download_name=f"subscribers-{site.slug}.csv"))


def _state() -> str:
    """Return the state that is asked for; empty for all."""
    state = request.args.get("state", "")
    return state if state in STATES else ""
