"""`/manage/members`: an admin lists, searches, adds, changes and removes members."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from board.access import load
from board.accounts.addresses import MAX_CHARACTERS
from board.accounts.current import staff
from board.accounts.forms import AccountForm, ConfirmForm, address_rule, form_page, required
from board.accounts.mails import send_invitation
from board.accounts.models import User
from board.accounts.names import NameRefused
from board.accounts.operations import Taken, add_member, change_role, change_site_role, change_title, remove_member
from board.accounts.reach import SiteRole
from board.accounts.step_up import fresh_proof
from board.config import ROLES, SITE_ROLES
from board.extensions import db
from board.urls import row_number

PAGE = 50

members = Blueprint("members", __name__, url_prefix="/manage/members")

ROLE_NAMES = {"member": _l("Member"), "moderator": _l("Moderator"), "editor": _l("Editor"), "admin": _l("Admin")}

ON_ONE_SITE = [
    SelectChoice("member", _l("As on all sites")),
    *(SelectChoice(role, ROLE_NAMES[role]) for role in SITE_ROLES),
]


class RoleForm(AccountForm):
    """What a member may do."""

    role = SelectField(_l("Role"), choices=[SelectChoice(role, ROLE_NAMES[role]) for role in ROLES])


def role_form_for(sites: dict[int, str]) -> type[RoleForm]:
    """Return the form with a title, and with a choice for each site (number: name)."""
    fields: dict[str, Any] = {"title": StringField(_l("Title"))}
    fields |= {field_of(number): SelectField(name, choices=ON_ONE_SITE) for number, name in sites.items()}
    return type("SiteRolesForm", (RoleForm,), fields)


def field_of(site_id: int) -> str:
    """Return the name of the field with the role on one site."""
    return f"site_{site_id}"


class NewMemberForm(RoleForm):
    """Somebody who gets an account, and a mail to choose a password."""

    email = EmailField(
        _l("E-mail"), [*required(_l("Enter an e-mail address.")), address_rule, Length(max=MAX_CHARACTERS)]
    )
    display_name = StringField(_l("Name"), required(_l("Enter the name that others see.")))


@members.get("")
def index() -> Response:
    """List the members, the newest first, those who match the search if there is one."""
    staff("admin")
    words, role = request.args.get("q", "").replace("\0", "\ufffd").strip()[:100], request.args.get("role", "")
    before = request.args.get("before", type=row_number)
    found = list(db.session.scalars(_matching(words, role, before).limit(PAGE + 1)))
    more = (
        url_for(".index", q=words or None, role=role or None, before=found[PAGE - 1].id) if len(found) > PAGE else None
    )
    context: dict[str, Any] = {"sites": _sites()}
    context |= {"members": found[:PAGE], "more": more, "words": words, "role": role, "role_names": ROLE_NAMES}
    return form_page("accounts/members.html", ConfirmForm(), **context)


def _matching(words: str, role: str, before: int | None) -> Select[User]:
    """Return the query for live members by the start of name or address; `%` and `_` stand for themselves."""
    wanted = select(User).where(User.active, User.is_placeholder.is_(False)).order_by(User.id.desc())
    wanted = wanted.options(selectinload(User.site_roles))
    if words:
        by_name = User.display_name.icontains(words, autoescape=True)
        wanted = wanted.where(or_(by_name, User.email.icontains(words, autoescape=True)))
    if role in ROLES:
        wanted = wanted.where(or_(User.role == role, User.site_roles.any(SiteRole.role == role)))
    return wanted.where(User.id < before) if before else wanted


@members.route("/new", methods=["GET", "POST"])
def add() -> Any:
    """Add a confirmed member, who gets a mail to choose a password."""
    admin, form = staff("admin"), NewMemberForm()
    fresh_proof()
    if not form.validate_on_submit():
        return form_page("accounts/member_new.html", form)
    password = secrets.token_urlsafe(32)
    try:
        user = add_member(form.email.data, form.display_name.data, role=form.role.data, password=password, by=admin)
    except NameRefused as refusal:
        form.refuse(refusal, form.display_name)
    except Taken as refusal:
        form.refuse(refusal)
    if form.errors:
        return form_page("accounts/member_new.html", form)
    send_invitation(user)
    db.session.commit()
    flash(_("%(name)s is a member now, and gets a mail to choose a password.", name=user.display_name), "success")
    return redirect(url_for(".index"), 303)


@members.route("/<int:member_id>/role", methods=["GET", "POST"])
def role(member_id: int) -> Any:
    """Change what a member may do."""
    admin = staff("admin")
    fresh_proof()
    user, sites = _load(member_id), _sites()
    form = role_form_for(sites)(
        role=user.role, title=user.title, **{field_of(given.site_id): given.role for given in user.site_roles}
    )
    if not form.validate_on_submit():
        return form_page("accounts/member_role.html", form, user=user, fields=[form[field_of(n)] for n in sites])
    try:
        change_title(user, form.title.data or "", by=admin)
    except NameRefused as refusal:
        form.refuse(refusal, form.title)
        return form_page("accounts/member_role.html", form, user=user, fields=[form[field_of(n)] for n in sites])
    change_role(user, form.role.data, by=admin)
    for site_id in sites:
        change_site_role(user, site_id, form[field_of(site_id)].data, by=admin)
    db.session.commit()
    flash(_("The role of %(name)s is changed.", name=user.display_name), "success")
    return redirect(url_for(".index"), 303)


@members.route("/<int:member_id>/removal", methods=["GET", "POST"])
def removal(member_id: int) -> Any:
    """Remove a member for good."""
    admin = staff("admin")
    fresh_proof()
    user, form = _load(member_id), ConfirmForm()
    if not form.validate_on_submit():
        return form_page("accounts/member_removal.html", form, user=user)
    name = user.display_name
    remove_member(user, by=admin)
    db.session.commit()
    flash(_("%(name)s is removed.", name=name), "success")
    return _away(admin)


def _sites() -> dict[int, str]:
    """Return the number and name of each site, if there are several; one alone needs no roles of its own."""
    site = db.metadata.tables["site"].c  # of a layer above, which roles refer to by its key
    found = {row.id: row.name for row in db.session.execute(select(site.id, site.name).order_by(site.id))}
    return found if len(found) > 1 else {}


def _away(admin: User) -> BaseResponse:
    return redirect(url_for(".index") if admin.active else "/", 303)


def _load(member_id: int) -> User:
    """Return the live member. Raises NotThere."""
    return load(select(User).where(User.id == member_id, User.active, User.is_placeholder.is_(False)))
