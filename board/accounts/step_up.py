"""Show once more that it is you: before a ban, a large decision, a change of roles.

A session cookie that somebody copied must not be enough for what cannot easily be made good. So such an act asks for
the password, a code from the app or a passkey, unless one was given within a quarter of an hour. A form that was sent
is kept whole and sent again with the proof in it, so that nobody chooses two hundred comments twice.
"""

import time
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from board.accounts.current import member
from board.accounts.forms import PasswordForm, form_page
from board.accounts.limits import count_try
from board.accounts.models import User
from board.accounts.second_factor import is_right_totp
from board.accounts.signing_in import has_password
from board.answers import is_fragment, is_own_path, next_path, private
from board.csrf import SAFE_METHODS
from board.errors import NEVER_SHOWN_AGAIN
from board.extensions import db

FRESH_SECONDS = 15 * 60
PROOF = "proof"  # the form's field; it takes the password as well as a code
FORBIDDEN = 403
CODE_DIGITS = 6


class StepUpNeeded(Exception):
    """The act asks for a proof that it is the member, and the last one is too old: the way to give one."""

    def __init__(self, *, was_wrong: bool = False) -> None:
        """Note whether a proof was given that is wrong."""
        super().__init__()
        self.was_wrong = was_wrong


def fresh_proof() -> None:
    """Go on if the member has shown within 15 minutes, or shows with this form, who they are. Raises StepUpNeeded.

    Call it before anything is loaded or changed: a proof is kept at once, whatever becomes of the act.
    """
    if is_proven():
        return
    given = request.form.get(PROOF, "")
    if not given:
        raise StepUpNeeded
    user = member()
    count_try("verify", user.email)
    if not prove(user, given):
        raise StepUpNeeded(was_wrong=True)


def is_proven() -> bool:
    """Tell whether the member logged in or proved themselves within 15 minutes."""
    age = time.time() - float(session.get("fs_paa", 0))
    return 0 <= age <= FRESH_SECONDS


def prove(user: User, given: str) -> bool:
    """Take the password, or a code of this moment, as the proof; tell whether it was right."""
    if not (_is_code(user, given.replace(" ", "")) or has_password(user, given)):
        db.session.rollback()
        return False
    db.session.commit()  # the code is used up, and a password may be hashed anew
    session["fs_paa"] = time.time()  # Flask-Security's name, which its passkey views share
    return True


def _is_code(user: User, digits: str) -> bool:
    if not (user.tf_primary_method and user.tf_totp_secret and len(digits) == CODE_DIGITS and digits.isdigit()):
        return False
    return is_right_totp(user, user.tf_totp_secret, digits)


def verify() -> Any:
    """Ask for the password or a code before a page that matters, then lead there."""
    user, form = member(), PasswordForm()
    if not form.validate_on_submit() or not form.is_within_limits("verify", user.email):
        return form_page("accounts/verify.html", form, user=user)
    if not prove(user, form.password.data):
        form.refuse(wrong_words(user), form.password)
        return form_page("accounts/verify.html", form, user=user)
    return redirect(next_path(url_for("accounts.settings")), 303)


def wrong_words(user: User) -> str:
    """Say that the proof was none."""
    if user.tf_primary_method:
        return str(_("That is neither your password nor the code that the app shows now."))
    return str(_("The password is wrong."))


def step_up_needed(needed: StepUpNeeded) -> Response:
    """Lead a reader of a page to the proof and back; ask whoever sent a form for it, with the form kept."""
    db.session.rollback()
    if request.method in SAFE_METHODS:
        return redirect(url_for("security.verify", next=request.full_path.rstrip("?")), 303)
    if is_fragment():
        answer = make_response("", FORBIDDEN)
        answer.headers["HX-Redirect"] = url_for("security.verify", next=_page_it_came_from())
        return private(answer)
    return _ask(was_wrong=needed.was_wrong)


def _ask(*, was_wrong: bool) -> Response:
    user = member()
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_SHOWN_AGAIN]
    html = render_template(
        "accounts/step_up.html",
        fields=fields,
        action=request.full_path.rstrip("?"),
        user=user,
        wrong=wrong_words(user) if was_wrong else "",
        back=_page_it_came_from(),
        proof=PROOF,
    )
    return private(make_response(html, FORBIDDEN))


def _page_it_came_from() -> str:
    """Return the path of the page with the form, as far as the browser tells; else where the form leads back to."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    path = told.removeprefix(str(current_app.config["BOARD"].public_url))
    return path if is_own_path(path) else next_path()
