"""Bind Flask-Security to our tables and sessions, and put our pages at its addresses."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from babel.support import Translations
from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import RoleMixin, SQLAlchemyUserDatastore
from werkzeug.wrappers import Response

from board.access import SignInNeeded
from board.accounts import recovering, registering, second_factor, settings, signing_in, step_up
from board.accounts.limits import TooManyTries
from board.accounts.mails import OutboxMail
from board.accounts.models import Passkey, User
from board.accounts.passkeys import PasskeyForm, init_passkeys
from board.accounts.sessions import init_sessions
from board.errors import page
from board.extensions import db, security
from board.storage import now

ARGON2_OWASP = {"argon2__memory_cost": 19 * 1024, "argon2__time_cost": 2, "argon2__parallelism": 1}

ADDRESSES = {
    "SECURITY_LOGIN_URL": "/login",
    "SECURITY_LOGOUT_URL": "/logout",
    "SECURITY_REGISTER_URL": "/register",
    "SECURITY_CONFIRM_URL": "/confirm",
    "SECURITY_RESET_URL": "/reset",
    "SECURITY_WAN_SIGNIN_URL": "/login/passkey",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_CHANGE_EMAIL_URL": "/account/email",
    "SECURITY_VERIFY_URL": "/account/verify",
    "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
    "SECURITY_WAN_DELETE_URL": "/account/passkeys/removal",
    "SECURITY_WAN_VERIFY_URL": "/account/verify/passkey",
}
OUR_VIEWS: dict[str, Callable[..., Any]] = {
    "login": signing_in.login,
    "logout": signing_in.logout,
    "verify": step_up.verify,
    "register": registering.register,
    "send_confirmation": registering.send_confirmation,
    "confirm_email": registering.confirm_email,
    "forgot_password": recovering.forgot_password,
    "reset_password": recovering.reset_password,
    "change_password": settings.change_password,
    "change_email": settings.change_email,
    "change_email_confirm": settings.confirm_new_email,
    "two_factor_setup": second_factor.set_up_authenticator,
    "mf_recovery_codes": second_factor.recovery_codes,
    **dict.fromkeys(
        ("two_factor_setup_validate", "two_factor_token_validation", "two_factor_rescue", "tf_select", "mf_recovery"),
        second_factor.not_used,
    ),
}


WORDS = {
    "API_ERROR": (_l("The passkey’s answer could not be read. Try again."), "error"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (_l("The passkey “%(name)s” is added."), "success"),
    "WEBAUTHN_CREDENTIAL_DELETED": (_l("The passkey “%(name)s” is removed."), "success"),
    "WEBAUTHN_NAME_NOT_FOUND": (_l("You have no passkey “%(name)s”."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (_l("Say what to call the passkey."), "error"),
    "WEBAUTHN_NAME_INUSE": (_l("You have a passkey “%(name)s” already. Choose another name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (_l("Use letters, digits, spaces and hyphens in the name."), "error"),
    "WEBAUTHN_EXPIRED": (_l("That took too long. Try again."), "error"),
    "WEBAUTHN_NO_VERIFY": (_l("This passkey could not be checked. Try again, or take another way."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_l("This passkey belongs to no account here."), "error"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (_l("This passkey is in use already."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (_l("This passkey was not set up for that. Take another way."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_l("This passkey belongs to another account."), "error"),
    "INVALID_INPUT": (_l("Use letters, digits, spaces and hyphens in the name."), "error"),
}


def init_accounts(app: Flask) -> None:
    """Configure and bind Flask-Security."""
    app.config.update(_security_settings(app), **ADDRESSES)
    security._mail_util_cls = OutboxMail
    security._totp_cls = second_factor.CodesOnce
    security._mf_recovery_codes_util_cls = second_factor.RecoveryCodes
    security._webauthn_util_cls = second_factor.OwnOrigin
    store = SQLAlchemyUserDatastore(db, User, RoleMixin, Passkey)
    security.init_app(app, store, register_blueprint=True, wan_register_form=PasskeyForm)
    security.i18n_domain.cache = CountryCatalogues(security.i18n_domain.translation_directories)
    security.want_json(lambda _request: False)
    security.unauthn_handler(_ask_to_sign_in)
    security.reauthn_handler(signing_in.ask_again)
    _leave_rights_to_members(app)
    init_sessions(app)
    app.view_functions.update({f"security.{name}": view for name, view in OUR_VIEWS.items()})
    for name in ("security.wan_signin_response", "security.wan_verify_response"):
        app.view_functions[name] = second_factor.passkey_answer(app.view_functions[name])
    init_passkeys(app)
    app.register_error_handler(TooManyTries, _too_many_tries)
    app.register_error_handler(step_up.StepUpNeeded, step_up.step_up_needed)
    address = f"{ADDRESSES['SECURITY_CHANGE_EMAIL_URL']}/<token>"
    app.add_url_rule(address, "security.change_email_confirm", methods=["POST"])


class CountryCatalogues(dict[tuple[str, str], Translations]):
    """Flask-Security's own texts by language and domain: they come as "de_DE", our languages are "de"."""

    def __init__(self, directories: list[str]) -> None:
        """Remember where its catalogues are."""
        super().__init__()
        self._directories = [Path(directory) for directory in directories]

    def __missing__(self, asked: tuple[str, str]) -> Translations:
        """Read the catalogue of the language, or that of one of its countries."""
        language, domain = asked
        found = Translations()
        for directory in self._directories:
            country = next(iter(sorted(directory.glob(f"{language}_*"))), None)
            names = [language, *([country.name] if country else [])]
            found = next((kept for name in names if (kept := _load(directory, name, domain))), found)
        self[asked] = found
        return found


def _load(directory: Path, name: str, domain: str) -> Translations | None:
    loaded = Translations.load(str(directory), [name], domain)
    return loaded if isinstance(loaded, Translations) else None


def _leave_rights_to_members(app: Flask) -> None:
    """Take Flask-Principal's step off every request: rights are predicates of ours on the member."""
    steps = app.before_request_funcs[None]
    steps[:] = [step for step in steps if step.__module__ != "flask_principal"]


def _security_settings(app: Flask) -> dict[str, Any]:
    key = app.config["SECRET_KEY"]
    return {
        **{f"SECURITY_MSG_{name}": words for name, words in WORDS.items()},
        "SECURITY_PASSWORD_SALT": key,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2_OWASP,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_REGISTERABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_EMAIL": True,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_SECRETS": {"1": key},
        "SECURITY_TOTP_ISSUER": "Board",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": second_factor.recovery_key(key),
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Board",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_POST_REGISTER_VIEW": "accounts.security",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_FRESHNESS": timedelta(minutes=30),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=30),
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_LOGOUT_METHODS": ["GET", "POST"],
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},  # True would be written as "private=True"
        "SECURITY_DATETIME_FACTORY": now,
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
    }


def _too_many_tries(refusal: TooManyTries) -> Response:
    answer = page(429, _("Too many tries"), str(refusal))
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _ask_to_sign_in(*_args: Any, **_more: Any) -> NoReturn:
    raise SignInNeeded
