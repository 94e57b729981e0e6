"""Passkeys: the form that adds one, and what they need, loaded when somebody first uses one.

That takes eight megabytes and a sixth of a second of the start. Flask-Security imports `webauthn` if it is installed,
at the top of two modules. `board.extensions` keeps it from that; here those modules get the names after all, before the
first view that needs them.
"""

from collections.abc import Callable
from functools import cache, wraps
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import webauthn, webauthn_util
from flask_security.signals import wan_deleted, wan_registered
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from board import audit

VIEWS = "security.wan_"


class PasskeyForm(webauthn.WebAuthnRegisterForm):
    """What to call a new passkey, and what it is for, said as WTForms wants choices from 3.4 on."""

    usage = RadioField(
        choices=[
            SelectChoice("secondary", _l("Second step after the password")),
            SelectChoice("first", _l("Log in with it instead of the password")),
        ],
        default="secondary",
    )


def init_passkeys(app: Flask) -> None:
    """Make each view of passkeys load what it needs first, and note in the log what members add and take away."""
    wan_registered.connect(_note_added, app)
    wan_deleted.connect(_note_removed, app)
    for name, view in app.view_functions.items():
        if name.startswith(VIEWS):
            app.view_functions[name] = _loading(view)


def _note_added(_app: Flask, user: Any, **_more: Any) -> None:
    audit.record("member.passkey_added", user, by=user)


def _note_removed(_app: Flask, user: Any, **_more: Any) -> None:
    audit.record("member.passkey_removed", user, by=user)


def _loading(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def loaded(*args: Any, **values: Any) -> Any:
        _load()
        return view(*args, **values)

    return loaded


@cache
def _load() -> None:
    for module in (webauthn, webauthn_util):
        for name, value in _imported_by(module).items():
            vars(module).setdefault(name, value)


def _imported_by(module: ModuleType) -> dict[str, Any]:
    """Return what the module imports from `webauthn`, by running a second copy of it."""
    spec = module.__spec__
    assert spec is not None and spec.loader is not None
    copy = module_from_spec(spec)
    spec.loader.exec_module(copy)
    return {name: value for name, value in vars(copy).items() if _origin(value).partition(".")[0] == "webauthn"}


def _origin(value: object) -> str:
    """Return the module that a class or function is from; a module's own name."""
    return str(getattr(value, "__module__", None) or getattr(value, "__name__", ""))
