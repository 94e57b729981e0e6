"""`/manage/import`: comments from another system, for admins who have a browser and no command line."""

from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField

from board.accounts.current import member, staff
from board.answers import private
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Site
from board.extensions import db
from board.transfer.importing import Import
from board.transfer.lines import BrokenFile

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_UPLOAD_BUFFER_BYTES = 1024 * 1024  # of the file in memory at a time; the rest waits on the disk
MAX_UPLOAD_ROWS = 20_000  # about as many as a request has time for
MAX_REFUSALS_SHOWN = 200

blueprint = Blueprint("transfer", __name__)


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A file, and whether it is only to be checked."""

    class Meta:
        """Leave the token to the whole application's check."""

        csrf = False

    file = FileField(_l("File"))
    dry_run = BooleanField(_l("Only check it, and change nothing"))


def raise_limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an admin send a large file, before the check of the form's token first reads the form."""
    is_upload = endpoint == "transfer.import_comments"
    if is_upload and current_user.is_authenticated and current_user.is_admin:
        request.max_content_length = MAX_UPLOAD_BYTES
        request.max_form_memory_size = MAX_UPLOAD_BUFFER_BYTES


@blueprint.get("/manage/import")
def show_import() -> Response:
    """Show the form."""
    user = staff("admin")
    return _page(200, ImportForm(), site_to_manage(user))


@blueprint.post("/manage/import")
def import_comments() -> Response:
    """Import the file, or check it, and say what became of each row."""
    user = staff("admin")
    site = site_to_manage(user)
    form = ImportForm()
    if not form.file.data or not form.file.data.filename:
        form.file.errors = [_("Choose a file.")]
        return _page(422, form, site)
    task = Import(site)
    try:
        task.read(form.file.data.stream, max_rows=MAX_UPLOAD_ROWS)
        if not form.dry_run.data:
            task.store(by=user)
        refusals = list(task.staging.refusals(MAX_REFUSALS_SHOWN))
        return _page(200, form, site, report=task.report, refusals=refusals, is_dry_run=form.dry_run.data)
    except BrokenFile as broken:
        form.file.errors = [f"{broken} {_('Nothing was imported.')}"]
        return _page(422, form, site)
    finally:
        db.session.rollback()
        task.staging.close()


def _page(status: int, form: ImportForm, site: Site, **context: Any) -> Response:
    sites = sites_to_manage(member())
    named = {"form": form, "site": site, "sites": sites, "max_rows": MAX_UPLOAD_ROWS}
    html = render_template("transfer/import.html", **named, **context)
    return private(make_response(html, status))
