"""Logging in, the second step, logging out, and whether the log-in is fresh."""

import time
from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import hash_password, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.accounts.forms import ConfirmForm, LoginForm, form_page
from board.accounts.models import User
from board.accounts.passwords import normal_form
from board.answers import next_path
from board.csrf import SAFE_METHODS
from board.extensions import db

SECOND_STEP_SECONDS = 10 * 60  # how long the right password waits for the second step


def login() -> Any:
    """Sign in with e-mail and password, then go back to where one was."""
    if current_user.is_authenticated:
        return redirect(next_path(), 303)
    form = LoginForm()
    if not form.validate_on_submit() or not form.is_within_limits("login", form.email.data):
        return form_page("accounts/login.html", form)
    user = find_by_password(form.email.data, form.password.data)
    if user is None:
        form.refuse(_("The e-mail address or the password is wrong."))
        return form_page("accounts/login.html", form)
    if not user.is_confirmed:
        form.refuse(_("Confirm your e-mail address first: open the link in the mail that we sent you."))
        return form_page("accounts/login.html", form, is_unconfirmed=True)
    if user.has_second_factor:
        return ask_for_second_step(user, stay=form.remember.data)
    sign_in(user, stay=form.remember.data, via="password")
    return redirect(next_path(), 303)


def find_by_password(email: str, password: str) -> User | None:
    """Return the live member with this address and password. One password is hashed, whether or not there is one."""
    user = db.session.scalar(select(User).where(User.email == email, User.active))
    if user is None or not user.password:
        hash_password(normal_form(password))
        return None
    return user if has_password(user, password) else None


def has_password(user: User, password: str) -> bool:
    """Tell whether the password is the member's."""
    return bool(user.verify_and_update_password(normal_form(password)))


def sign_in(user: User, *, stay: bool, via: str) -> None:
    """Open a session of its own in this browser; nothing of an earlier one is left."""
    login_user(user, remember=stay, authn_via=[via])


def ask_for_second_step(user: User, *, stay: bool) -> Response:
    """Remember who gave the right password, and ask for the second step."""
    session.clear()
    # Flask-Security's names, which its passkey views share.
    session.update(tf_user_id=user.fs_uniquifier, tf_state="ready", tf_remember_login=stay, tf_at=time.time())
    way = "accounts.second_step" if user.tf_primary_method else "security.wan_signin"
    return redirect(url_for(way, next=next_path("") or None), 303)


def half_signed_in() -> User | None:
    """Return the member who has given the right password in this browser and still owes the second step."""
    if session.get("tf_state") != "ready" or time.time() - session.get("tf_at", 0) > SECOND_STEP_SECONDS:
        return None
    return db.session.scalar(select(User).where(User.fs_uniquifier == session.get("tf_user_id", ""), User.active))


def logout() -> Any:
    """Show a button to links, and log out when it is pressed."""
    form = ConfirmForm()
    if request.method != "POST":
        return form_page("accounts/logout.html", form)
    if current_user.is_authenticated:
        logout_user()
    session.clear()
    return redirect(next_path(), 303)


def ask_again(_within: Any, _grace: Any) -> Response:
    """Send a member whose log-in is too long ago to `verify`, and back here."""
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.path
    return redirect(url_for("security.verify", next=back), 303)


def is_fresh() -> bool:
    """Tell whether the password was given lately, or lately enough before something else that matters."""
    from flask_security.utils import check_and_update_authn_fresh

    config = current_app.config
    return bool(check_and_update_authn_fresh(config["SECURITY_FRESHNESS"], config["SECURITY_FRESHNESS_GRACE_PERIOD"]))
