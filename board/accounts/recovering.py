"""A forgotten password: ask for a link, choose a new password."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password

from board import audit
from board.accounts.forms import AccountForm, EmailForm, form_page, new_password_field
from board.accounts.links import LinkRefused, read_link_token
from board.accounts.mails import queue_request, send_notice
from board.accounts.models import User
from board.answers import next_path
from board.extensions import db


class ResetForm(AccountForm):
    """A new password; `user` is whose, set by the view."""

    user: User
    password = new_password_field(_l("New password"), lambda form: (form.user.email, form.user.display_name))


def forgot_password() -> Any:
    """Mail a link, if the address is a member's; the answer is the same if not."""
    form = EmailForm()
    if not form.validate_on_submit() or not form.is_within_limits("reset", form.email.data):
        return form_page("accounts/forgot_password.html", form)
    queue_request("reset", form.email.data)
    db.session.commit()
    return redirect(url_for("accounts.mail_sent", next=next_path("") or None), 303)


def reset_password(token: str) -> Any:
    """Show the form, and set the password when it is sent; every browser is signed out."""
    user = _user_of(token)
    if user is None:
        flash(_("This link is too old or was used. Ask for a new one here."), "error")
        return redirect(url_for("security.forgot_password"), 303)
    form = ResetForm()
    form.user = user
    if not form.validate_on_submit() or not form.is_within_limits("reset", user.email):
        return form_page("accounts/reset_password.html", form)
    user.password = hash_password(form.password.data)
    user.end_sessions()
    user.renew_identity()
    audit.record("member.password_reset", user, by=user)
    send_notice(user, "password_changed", _l("Your password was changed"))
    db.session.commit()
    flash(_("Your new password is set. Log in with it."), "success")
    return redirect(url_for("security.login"), 303)


def _user_of(token: str) -> User | None:
    """Return whose password the link sets: one that was asked for, or that came with an invitation."""
    for purpose in ("reset", "invitation"):
        try:
            return read_link_token(purpose, token)[0]
        except LinkRefused:
            continue
    return None
