"""The second step: codes from an authenticator app, recovery codes, and passkeys (whose views are Flask-Security's)."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, cast

from flask import current_app, flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.webauthn_util import WebauthnUtil
from itsdangerous import BadSignature
from sqlalchemy import or_, update
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField

from board import audit
from board.access import Refused, permit
from board.accounts.code_secrets import Codes, Cryptor
from board.accounts.current import member
from board.accounts.forms import AccountForm, ConfirmForm, form_page, required
from board.accounts.limits import count_try
from board.accounts.mails import send_notice
from board.accounts.models import User
from board.accounts.signing_in import ask_again, half_signed_in, is_fresh
from board.answers import next_path
from board.extensions import db, security

CODE_WINDOW_SECONDS = 30  # one code before and one after the present one: clocks differ
SETUP_SECONDS = 30 * 60


class CodeForm(AccountForm):
    """Six digits from an app, or a recovery code."""

    code = StringField(_l("Code"), required(_l("Enter the code.")))
    state = HiddenField()
    next = HiddenField()


class CodesOnce(Codes):
    """Authenticator codes that open the door once; the database remembers the last one used."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the picture as an address for `<img>`: dark on white, whatever the page's colours."""
        import qrcode
        from qrcode.image.svg import SvgFillImage

        picture = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgFillImage).to_string()
        return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the last code that was used."""
        return cast(User, user).tf_last_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Take the code, unless another request took it first. Raises TokenError."""
        from passlib.exc import UsedTokenError  # type: ignore[import-untyped]

        column = User.tf_last_counter
        taking = update(User).where(User.id == user.id, or_(column.is_(None), column < tmatch.counter))
        if db.session.execute(taking.values(tf_last_counter=tmatch.counter)).rowcount != 1:  # type: ignore[attr-defined]
            raise UsedTokenError


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, of which each is taken once."""

    def setup_cryptor(self, keys: list[bytes]) -> None:
        """Keep them encrypted."""
        self.cryptor = cast(Any, Cryptor(keys))

    def take(self, user: User, code: str) -> bool:
        """Use up the code if it is one of the member's; of two requests at once, one gets it."""
        db.session.execute(update(User).where(User.id == user.id).values(role=User.role))  # others wait for this row
        db.session.refresh(user)
        wanted = code.strip().lower()
        return self.check_recovery_code(user, wanted) and self.delete_recovery_code(user, wanted)


class OwnOrigin(WebauthnUtil):
    """Passkeys bound to the address that readers know, whatever a request calls us."""

    def origin(self) -> str:
        """Return the origin that the browser must name."""
        return str(current_app.config["BOARD"].public_url)


def recovery_key(secret: str) -> list[bytes]:
    """Return the key under which recovery codes are kept."""
    return [base64.urlsafe_b64encode(hashlib.sha256(f"recovery codes {secret}".encode()).digest())]


def second_step() -> Any:
    """Finish logging in with a code."""
    user, form = half_signed_in(), CodeForm()
    if user is None:
        flash(_("Log in once more."), "message")
        return redirect(url_for("security.login", next=next_path("") or None), 303)
    passkey = any(key.usage == "secondary" for key in user.webauthn)
    if not form.validate_on_submit() or not form.is_within_limits("code", user.fs_uniquifier):
        return form_page("accounts/second_step.html", form, passkey=passkey)
    if not _is_right_code(user, form.code.data):
        db.session.rollback()
        form.refuse(_("This code is wrong, or it was used before. Wait for the next one."), form.code)
        return form_page("accounts/second_step.html", form, passkey=passkey)
    db.session.commit()
    security.two_factor_plugins.tf_complete(user, True)
    return redirect(next_path(), 303)


def _is_right_code(user: User, raw: str) -> bool:
    code = raw.replace(" ", "")
    if not code.isdigit() or not user.tf_totp_secret:
        return cast(RecoveryCodes, security.mf_recovery_codes_util).take(user, raw)
    return is_right_totp(user, user.tf_totp_secret, code)


def is_right_totp(user: User, secret: str, code: str) -> bool:
    """Tell whether it is a code of this moment; it is used up with the caller's commit."""
    factory = security.totp_factory
    try:
        return bool(factory.verify_totp(token=code, totp_secret=secret, user=user, window=CODE_WINDOW_SECONDS))
    except ValueError:
        return False


def overview() -> Response:
    """Show what is set up: authenticator, passkeys, recovery codes."""
    user = member()
    left = len(security.mf_recovery_codes_util.get_recovery_codes(user))
    return form_page("accounts/security.html", ConfirmForm(), user=user, codes_left=left)


def set_up_authenticator() -> Any:
    """Show the QR code, and take the app as second step once it has given a right code."""
    user, form = member(), CodeForm()
    if not is_fresh():
        return ask_again(None, None)
    secret = _secret_in(form.state.data) or security.totp_factory.generate_totp_secret()
    form.state.data = security.tf_setup_serializer.dumps([user.fs_uniquifier, secret])
    if not form.validate_on_submit() or not form.is_within_limits("setup", user.fs_uniquifier):
        return _show_qr_code(user, form, secret)
    if not is_right_totp(user, secret, form.code.data.replace(" ", "")):
        db.session.rollback()
        form.refuse(_("This code is wrong. Enter the one that the app shows now."), form.code)
        return _show_qr_code(user, form, secret)
    user.tf_primary_method, user.tf_totp_secret = "authenticator", secret
    return _after_change(user, "member.authenticator_added", _("From now on, logging in asks for a code from the app."))


def _secret_in(state: str | None) -> str | None:
    """Return the secret that the form carries, if it is this member's and not too old."""
    if not state:
        return None
    try:
        owner, secret = security.tf_setup_serializer.loads(state, max_age=SETUP_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(secret) if owner == current_user.fs_uniquifier else None


def _show_qr_code(user: User, form: CodeForm, secret: str) -> Response:
    values = security.totp_factory.fetch_setup_values(secret, user)
    return form_page("accounts/authenticator.html", form, image=values["image"], key=values["key"])


def remove_authenticator() -> Any:
    """Take the app away as second step."""
    user, form = member(), ConfirmForm()
    if not is_fresh():
        return ask_again(None, None)
    if not form.validate_on_submit():
        return form_page("accounts/authenticator_removal.html", form)
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    return _after_change(user, "member.authenticator_removed", _("Codes from the app are no longer needed."))


def _after_change(user: User, action: str, said: str) -> Response:
    audit.record(action, user, by=user)
    send_notice(user, "second_factor_changed", _l("How you log in was changed"))
    db.session.commit()
    flash(said, "success")
    has_codes = bool(user.mf_recovery_codes) or not user.has_second_factor
    return redirect(url_for("accounts.security" if has_codes else "security.mf_recovery_codes"), 303)


def recovery_codes() -> Any:
    """Make new recovery codes, and show them this once."""
    user, form = member(), ConfirmForm()
    permit(user.has_second_factor, _("Set up a second step first."))
    if not is_fresh():
        return ask_again(None, None)
    codes: list[str] = []
    if form.validate_on_submit():
        codes = security.mf_recovery_codes_util.create_recovery_codes(user)
        audit.record("member.recovery_codes_made", user, by=user)
        db.session.commit()
    return form_page("accounts/recovery_codes.html", form, codes=codes, has_codes=bool(user.mf_recovery_codes))


def passkey_answer(view: Callable[[str], Any]) -> Callable[[str], Any]:
    """Wrap Flask-Security's view of a passkey's answer: tries are counted, and it leads back to the very place."""

    def judged(token: str) -> Any:
        was_signed_in = current_user.is_authenticated
        who = current_user.fs_uniquifier if was_signed_in else session.get("tf_user_id", request.remote_addr or "")
        count_try("passkey", who)
        freshness = session.get("fs_paa")
        response = make_response(view(token))
        if current_user.is_authenticated and session.get("fs_paa") != freshness:
            session.pop("_flashes", None)
            response.location = next_path(url_for("accounts.settings") if was_signed_in else "/")
        return response

    return judged


def not_used(**_values: Any) -> Any:
    """Answer for those of Flask-Security's pages whose work other pages of ours do."""
    raise Refused(_("This page is not used here. Your account’s page has what you need."))
