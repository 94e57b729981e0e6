"""Which passwords are accepted, and what to say about the others."""

from typing import Any

from flask_babel import gettext as _
from flask_security import password_util

MIN_CHARACTERS = 8
MAX_CHARACTERS = 128  # a hash's cost must not be the sender's to choose
LOWEST_SCORE = 2  # zxcvbn's 0 to 4: below 2, a hundred million guesses find it
JUDGED_CHARACTERS = 72  # zxcvbn is slow on longer texts, and these are long enough


class PasswordRefused(ValueError):
    """A password that cannot be had; its words are for the person who chose it."""


def accept_password(raw: str, *, about: tuple[str, ...] = ()) -> str:
    """Return the password in the form that is hashed. Raises PasswordRefused.

    `about`: the person's own e-mail address and name, which others would try first.
    """
    password = normal_form(raw)
    if len(password) < MIN_CHARACTERS:
        raise PasswordRefused(_("Use at least %(count)s characters.", count=MIN_CHARACTERS))
    if len(password) > MAX_CHARACTERS:
        raise PasswordRefused(_("Use at most %(count)s characters.", count=MAX_CHARACTERS))
    _refuse_easy(password, about)
    return password


def normal_form(raw: str) -> str:
    """Return the same text however a keyboard composes its letters."""
    from flask import current_app

    util: password_util.PasswordUtil = current_app.extensions["security"].password_util
    return str(util.normalize(raw))


def _refuse_easy(password: str, about: tuple[str, ...]) -> None:
    from zxcvbn import zxcvbn

    parts = [part for text in about for part in (text, *text.replace("@", " ").replace(".", " ").split())]
    judged = zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=["board", *parts])
    if judged["score"] < LOWEST_SCORE:
        raise PasswordRefused(f"{_weakness(judged['sequence'])} {_('Three or four unrelated words make a good one.')}")


def _weakness(sequence: list[dict[str, Any]]) -> str:
    """Say why the password is easy, from its weakest part."""
    if not sequence:
        return str(_("This password is easy to guess."))
    longest = max(sequence, key=lambda part: len(part["token"]))
    if longest.get("dictionary_name") == "user_inputs":
        return str(_("This password is easy to guess: it is made from your name or address."))
    words = {
        "dictionary": _("This password is easy to guess: others use it, or a word much like it."),
        "spatial": _("This password is easy to guess: its keys lie side by side."),
        "repeat": _("This password is easy to guess: it repeats itself."),
        "sequence": _("This password is easy to guess: it counts up or down."),
        "date": _("This password is easy to guess: it is a date."),
    }
    return str(words.get(longest["pattern"], _("This password is easy to guess.")))
