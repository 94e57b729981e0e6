"""Registering, and confirming the address by mail."""

import secrets
from typing import Any

from flask import current_app, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import hash_password
from flask_security.signals import user_confirmed, user_registered
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from board import audit
from board.accounts.forms import ConfirmForm, EmailForm, RegisterForm, form_page
from board.accounts.links import LinkRefused, read_link_token
from board.accounts.mailed_codes import REGISTERED_HERE, CodeForm, has_asked, is_own, new_code
from board.accounts.mails import queue_request
from board.accounts.models import User
from board.accounts.names import NameRefused
from board.accounts.sanctions import is_domain_barred, restrict_by_domain
from board.accounts.signing_in import sign_in
from board.answers import next_path
from board.extensions import db
from board.languages import page_language, shipped
from board.outbox import address_key


def register() -> Any:
    """Make the account; the answer is the same whether or not the address has one already."""
    if current_user.is_authenticated:
        return redirect(next_path(), 303)
    form = RegisterForm()
    if not form.validate_on_submit() or not form.is_within_limits("register", form.email.data):
        return form_page("accounts/register.html", form)
    if is_domain_barred(form.email.data):
        form.refuse(_("Addresses at this domain cannot register here. Use another address."), form.email)
        return form_page("accounts/register.html", form)
    user = User(email=form.email.data, password=None, language=shipped(page_language()))
    try:
        user.rename(form.display_name.data)
    except NameRefused as refusal:
        form.refuse(refusal, form.display_name)
        return form_page("accounts/register.html", form)
    if not _join(user, form):
        return form_page("accounts/register.html", form)
    return redirect(url_for("accounts.mail_sent", next=next_path("") or None), 303)


def _join(user: User, form: RegisterForm) -> bool:
    """Keep the member and queue the mail; False if somebody else has that name, be the address known or not."""
    user.password = hash_password(form.password.data)
    is_new = _insert(user)
    if not is_new and _is_name_taken(user):
        db.session.rollback()
        form.refuse(_("This name, or one that looks like it, is taken. Choose another."), form.display_name)
        return False
    # Of an account that was there already, this browser knows no password: it must not be the one to confirm it.
    # The cookie can be read, and looks the same either way.
    session[REGISTERED_HERE] = address_key(form.email.data) if is_new else secrets.token_hex(32)
    code = new_code(form.email.data)
    queue_request("registered", form.email.data, next_path(""), code=code, is_own=is_new)
    if is_new:
        audit.record("member.registered", user, by=user)
        user_registered.send(_application(), user=user, confirm_token=None, confirmation_token=None, form_data={})
    db.session.commit()
    return True


def _insert(user: User) -> bool:
    """Insert the member unless the database knows the address or the name."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        return False
    return True


def _is_name_taken(user: User) -> bool:
    return bool(db.session.scalar(select(exists().where(User.name_key == user.name_key, User.email != user.email))))


def _application() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def mail_sent() -> Response:
    """Say that a mail is on its way, and what to do if it does not come; take the code in it."""
    return form_page("accounts/mail_sent.html", CodeForm(), has_asked=REGISTERED_HERE in session and has_asked())


def send_confirmation() -> Any:
    """Mail the confirmation link once more."""
    form = EmailForm()
    if not form.validate_on_submit() or not form.is_within_limits("confirm", form.email.data):
        return form_page("accounts/send_confirmation.html", form)
    queue_request("confirm", form.email.data, next_path(""))
    db.session.commit()
    return redirect(url_for("accounts.mail_sent", next=next_path("") or None), 303)


def confirm_email(token: str) -> Any:
    """Show a button (mail scanners follow links), and confirm the address when it is pressed."""
    try:
        user, _detail = read_link_token("confirm", token)
    except LinkRefused:
        flash(_("This link is too old or was used. Try to log in; if that does not work, ask for a new link."), "error")
        return redirect(url_for("security.login", next=next_path("") or None), 303)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return form_page("accounts/confirm.html", form, user=user)
    user.confirm()
    restrict_by_domain(user)
    audit.record("member.confirmed", user, by=user)
    user_confirmed.send(_application(), user=user)
    db.session.commit()
    return _after_confirming(user)


def _after_confirming(user: User) -> Response:
    """Sign in whoever confirms in the browser that registered; ask any other browser for the password.

    Whoever registered knows the password, and whoever has the mail owns the address; only in one and the same
    browser is that surely one person.
    """
    flash(_("Thank you, your e-mail address is confirmed."), "success")
    if is_own(user.email):
        sign_in(user, stay=False, via="confirm")
        return redirect(next_path(), 303)
    return redirect(url_for("security.login", next=next_path("") or None), 303)
