"""`/manage`: one page that leads to each section an editor or admin may use."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template
from flask_babel import lazy_gettext as _l

from board.accounts.current import staff
from board.answers import private

manage = Blueprint("manage", __name__, url_prefix="/manage")


@dataclass(frozen=True)
class Section:
    """A part of `/manage`; shown once the feature that has it is there."""

    path: str
    role: str
    title: Any
    text: Any


SECTIONS = (
    Section("/manage/articles", "editor", _l("Articles"), _l("Add and edit articles, their gates and their videos.")),
    Section("/manage/ballots", "editor", _l("Ballots"), _l("Write ballots, place them on articles, read the results.")),
    Section("/manage/notices", "editor", _l("Notices"), _l("When moderators hear that something waits too long.")),
    Section("/manage/reasons", "editor", _l("Reasons"), _l("Why comments are removed, in your words and rules.")),
    Section("/manage/screening", "editor", _l("Screening"), _l("Which comments wait or are refused, and why.")),
    Section("/manage/sponsors", "editor", _l("Sponsors"), _l("Names, logos and links of those who present ballots.")),
    Section("/manage/subscribers", "editor", _l("Subscribers"), _l("Readers who asked for the newsletter.")),
    Section("/manage/import", "admin", _l("Import"), _l("Bring the comments of another system.")),
    Section("/manage/members", "admin", _l("Members"), _l("Accounts and their roles.")),
    Section("/manage/sites", "admin", _l("Sites"), _l("Publications, and the origins of their pages.")),
)  # fmt: skip


@manage.get("")
def home() -> Response:
    """Show the sections that this person may use."""
    user = staff("editor")
    there = {str(rule) for rule in current_app.url_map.iter_rules()}
    sections = [section for section in SECTIONS if section.path in there and user.works_as(section.role)]
    return private(make_response(render_template("manage/home.html", sections=sections)))
