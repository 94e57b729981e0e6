"""The member's own page: name, address, password, devices, and leaving."""

from typing import Any

from flask import flash, jsonify, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField

from board import audit
from board.access import NotThere, permit
from board.accounts.current import member
from board.accounts.forms import (
    AccountForm,
    ConfirmForm,
    address_rule,
    form_page,
    new_password_field,
    own_password_field,
    required,
)
from board.accounts.kept import export_kept
from board.accounts.links import LinkRefused, read_link_token
from board.accounts.mails import send_new_address, send_notice
from board.accounts.models import MemberSession, User, hash_token
from board.accounts.names import NameRefused
from board.accounts.operations import change_address, note_new_name, remove_member
from board.accounts.sanctions import is_domain_barred
from board.accounts.sessions import SESSION_TOKEN
from board.accounts.signing_in import has_password, sign_in
from board.extensions import db


def _about_current_member(_form: Any) -> tuple[str, ...]:
    user = member()
    return user.email, user.display_name


class NameForm(AccountForm):
    """Another name."""

    display_name = StringField(_l("Name"), required(_l("Choose the name that others see.")))


class ChangePasswordForm(AccountForm):
    """The old password and the new one."""

    password = own_password_field()
    new_password = new_password_field(_l("New password"), _about_current_member)


class ChangeAddressForm(AccountForm):
    """The new address, and the password."""

    email = EmailField(_l("New e-mail address"), [*required(_l("Enter the new address.")), address_rule])
    password = own_password_field()


class LeaveForm(AccountForm):
    """The password, to leave for good."""

    password = own_password_field()


def hub() -> Response:
    """Show the account's own page."""
    user = member()
    return form_page(
        "accounts/settings.html", ConfirmForm(), user=user, sessions=live_sessions(user), present=_present()
    )


def live_sessions(user: User) -> list[MemberSession]:
    """Return the browsers in which the member is signed in, the latest visit first."""
    found = select(MemberSession).where(MemberSession.user_id == user.id, MemberSession.is_live)
    return list(db.session.scalars(found.order_by(MemberSession.seen_at.desc()).limit(50)))


def _present() -> str:
    return hash_token(session.get(SESSION_TOKEN, ""))


def change_name() -> Any:
    """Take another name."""
    user = member()
    permit(not user.is_barred_anywhere, _("While your account is barred, its name stays as it is."))
    form = NameForm(display_name=user.display_name)
    if not form.validate_on_submit() or not form.is_within_limits("name", user.email):
        return form_page("accounts/name.html", form)
    before = user.display_name
    try:
        with db.session.begin_nested():
            user.rename(form.display_name.data, may_use_reserved=user.works_as("moderator"))
    except NameRefused as refusal:
        form.refuse(refusal, form.display_name)
    except IntegrityError:
        db.session.rollback()
        form.refuse(_("This name, or one that looks like it, is taken. Choose another."), form.display_name)
    if form.errors:
        return form_page("accounts/name.html", form)
    note_new_name(user, before, by=user)
    db.session.commit()
    flash(_("Your name is changed."), "success")
    return redirect(url_for("accounts.settings"), 303)


def change_password() -> Any:
    """Take another password; every other browser is signed out."""
    user, form = member(), ChangePasswordForm()
    if not form.validate_on_submit() or not form.is_within_limits("verify", user.email):
        return form_page("accounts/password.html", form)
    if not has_password(user, form.password.data):
        form.refuse(_("The password is wrong."), form.password)
        return form_page("accounts/password.html", form)
    stay = session.permanent
    user.password = hash_password(form.new_password.data)
    user.end_sessions()
    user.renew_identity()
    audit.record("member.password_changed", user, by=user)
    send_notice(user, "password_changed", _l("Your password was changed"))
    sign_in(user, stay=stay, via="change")
    db.session.commit()
    flash(_("Your password is changed. All other devices are signed out."), "success")
    return redirect(url_for("accounts.settings"), 303)


def change_email() -> Any:
    """Mail a link to the new address; the answer does not tell whether somebody else has it."""
    user, form = member(), ChangeAddressForm()
    if not form.validate_on_submit() or not form.is_within_limits("verify", user.email):
        return form_page("accounts/email.html", form, user=user)
    if not has_password(user, form.password.data):
        form.refuse(_("The password is wrong."), form.password)
        return form_page("accounts/email.html", form, user=user)
    if is_domain_barred(form.email.data):
        form.refuse(_("Addresses at this domain cannot be used here."), form.email)
        return form_page("accounts/email.html", form, user=user)
    if not db.session.scalar(select(exists().where(User.email == form.email.data))):
        send_new_address(user, form.email.data)
    db.session.commit()
    flash(_("We sent a link to %(address)s. Open it to finish.", address=form.email.data), "message")
    return redirect(url_for("accounts.settings"), 303)


def confirm_new_email(token: str) -> Any:
    """Show a button, and change the address when it is pressed; every other browser is signed out."""
    try:
        user, address = read_link_token("new_address", token)
    except LinkRefused:
        flash(_("This link is too old, was used, or is not whole. Ask for a new one here."), "error")
        return redirect(url_for("security.change_email"), 303)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return form_page("accounts/email_confirm.html", form, address=address)
    is_own_browser = _present_member_is(user)
    stay = session.permanent
    try:
        change_address(user, address)
    except IntegrityError:
        db.session.rollback()
        form.refuse(_("This address belongs to another account by now."))
        return form_page("accounts/email_confirm.html", form, address=address)
    if is_own_browser:
        sign_in(user, stay=stay, via="change")
    db.session.commit()
    flash(_("Your account uses the new address from now on."), "success")
    return redirect(url_for("accounts.settings"), 303)


def _present_member_is(user: User) -> bool:
    from flask_login import current_user

    return bool(current_user.is_authenticated and current_user.id == user.id)


def end_session(key: str) -> Response:
    """Sign out one of the member's browsers; `key` is its row's."""
    own = select(MemberSession).where(MemberSession.user_id == member().id, MemberSession.token_hash == key)
    row = db.session.scalar(own) if key.isalnum() else None
    if row is None:
        raise NotThere
    row.end()
    audit.record("member.session_ended", row.user, by=row.user)
    db.session.commit()
    flash(_("That device is signed out."), "success")
    return redirect(url_for("accounts.settings"), 303)


def end_other_sessions() -> Response:
    """Sign out all of the member's other browsers."""
    user = member()
    user.end_sessions(but=session.get(SESSION_TOKEN, ""))
    audit.record("member.other_sessions_ended", user, by=user)
    db.session.commit()
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for("accounts.settings"), 303)


def export() -> Response:
    """Give the member what is kept of them here."""
    user = member()
    answer = jsonify(
        name=user.display_name,
        email=user.email,
        role=user.role,
        member_since=user.created_at.isoformat(),
        devices=[
            {"device": row.device, "network": row.network, "last_seen": row.seen_at.isoformat()}
            for row in live_sessions(user)
        ],
        **export_kept(user),
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def leave() -> Any:
    """Remove the account for good; what was written stays, without the name."""
    user, form = member(), LeaveForm()
    if not form.validate_on_submit() or not form.is_within_limits("verify", user.email):
        return form_page("accounts/leave.html", form)
    if not has_password(user, form.password.data):
        form.refuse(_("The password is wrong."), form.password)
        return form_page("accounts/leave.html", form)
    remove_member(user, by=user)
    db.session.commit()
    session.clear()
    flash(_("Your account is removed."), "success")
    return redirect("/", 303)
