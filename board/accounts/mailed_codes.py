"""Logging in with a mailed code: six digits, hashed, one use, ten minutes, five tries, for the browser that asked.

The form answers the same for every address. Whether a mail goes there, and which, is decided by the worker
(`mails.py`), so the request takes the same time too.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.signals import user_confirmed
from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import HiddenField, StringField

from board.accounts.forms import AccountForm, EmailForm, form_page, required
from board.accounts.mails import queue_request
from board.accounts.models import User, hash_token
from board.accounts.sanctions import restrict_by_domain
from board.accounts.signing_in import ask_for_second_step, sign_in
from board.answers import next_path
from board.extensions import Model, db
from board.outbox import address_key
from board.storage import now

LIFETIME = timedelta(minutes=10)
MAX_TRIES = 5
DIGITS = 6
ASKED_HERE = "code_asked"  # in the session: the token of the code that this browser asked for
REGISTERED_HERE = "registered"  # in the session: for which address this browser sent the form of registering


class SignInCode(Model):
    """A code on its way to an address; the browser that asked holds the token."""

    __tablename__ = "sign_in_code"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CodeForm(AccountForm):
    """The digits in the mail."""

    code = StringField(_l("Code"), required(_l("Enter the code in the mail.")))
    next = HiddenField()


def mail_code() -> Any:
    """Mail a code, if the address is a member's; the answer is the same if not."""
    if current_user.is_authenticated:
        return redirect(next_path(), 303)
    form = EmailForm()
    if not form.validate_on_submit() or not form.is_within_limits("code mail", form.email.data):
        return form_page("accounts/mail_code.html", form)
    queue_request(
        "code", form.email.data, next_path(""), code=new_code(form.email.data), is_own=is_own(form.email.data)
    )
    db.session.commit()
    return redirect(url_for("accounts.enter_code", next=next_path("") or None), 303)


def enter_code() -> Any:
    """Log in whoever enters the code that was mailed, in the browser that asked for it."""
    if current_user.is_authenticated:
        return redirect(next_path(), 303)
    form = CodeForm()
    if not has_asked() or not form.validate_on_submit() or not form.is_within_limits("code", _asked_for()):
        return form_page("accounts/enter_code.html", form, has_asked=has_asked())
    email = redeem(session[ASKED_HERE], form.code.data)
    user = _member_at(email) if email else None
    db.session.commit()
    if user is None:
        form.refuse(_("That is not the code in the mail, or it is too old. Check the six digits."), form.code)
        return form_page("accounts/enter_code.html", form, has_asked=True)
    return _let_in(user)


def new_code(email: str) -> str:
    """Make a code for this browser and address, in place of a former one. The caller mails it, and commits."""
    token, code = secrets.token_urlsafe(18), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    forgotten = SignInCode.token_hash == hash_token(session.get(ASKED_HERE, ""))
    db.session.execute(delete(SignInCode).where((SignInCode.expires_at < now()) | forgotten))
    db.session.add(
        SignInCode(token_hash=hash_token(token), email=email, code_hash=_hash(token, code), expires_at=now() + LIFETIME)
    )
    session[ASKED_HERE] = token
    return code


def redeem(token: str, code: str) -> str:
    """Use up the code; return the address it was mailed to, or nothing. Counts as a try: the caller commits."""
    trying = (
        update(SignInCode)
        .where(SignInCode.token_hash == hash_token(token), SignInCode.expires_at > now(), SignInCode.tries < MAX_TRIES)
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.code_hash)
        .execution_options(synchronize_session=False)
    )
    kept = db.session.scalar(trying)
    digits = "".join(character for character in code if character.isdecimal())
    if kept is None or not hmac.compare_digest(kept, _hash(token, digits)):
        return ""
    using = delete(SignInCode).where(SignInCode.token_hash == hash_token(token)).returning(SignInCode.email)
    return db.session.scalar(using.execution_options(synchronize_session=False)) or ""


def has_asked() -> bool:
    """Tell whether this browser asked for a code."""
    return ASKED_HERE in session


def _asked_for() -> str:
    """Return the address that this browser's code went to: tries are counted for it, however many codes there are."""
    asked = select(SignInCode.email).where(SignInCode.token_hash == hash_token(session[ASKED_HERE]))
    return db.session.scalar(asked) or str(session[ASKED_HERE])


def is_own(email: str) -> bool:
    """Tell whether the address was registered in this very browser, so that a code may confirm it."""
    return session.get(REGISTERED_HERE) == address_key(email)


def _member_at(email: str) -> User | None:
    """Return the member whom a code at the address lets in: confirmed, or registered in this browser."""
    user = db.session.scalar(select(User).where(User.email == email, User.active, User.is_placeholder.is_(False)))
    return user if user and (user.is_confirmed or is_own(email)) else None


def _let_in(user: User) -> Any:
    """Confirm the address, which the code has shown to be the member's, and sign in."""
    if not user.is_confirmed:
        user.confirm()
        restrict_by_domain(user)
        user_confirmed.send(current_app._get_current_object(), user=user)  # type: ignore[attr-defined]
        db.session.commit()
        flash(_("Thank you, your e-mail address is confirmed."), "success")
    if user.has_second_factor:
        return ask_for_second_step(user, stay=True)
    sign_in(user, stay=True, via="code")
    return redirect(next_path(), 303)


def _hash(token: str, code: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"sign-in code {token} {code}".encode(), hashlib.sha256).hexdigest()
