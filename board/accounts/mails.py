"""Mails of an account. What a stranger can ask for is queued by address alone, and looked up by the worker.

So the request does the same work, in the same time, whether or not the address is a member's.
"""

from typing import Any

from flask import current_app, render_template
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_security import MailUtil
from markupsafe import Markup
from sqlalchemy import select

from board.accounts.addresses import accept_address
from board.accounts.links import make_link_token
from board.accounts.models import User
from board.extensions import db
from board.languages import page_language, site_spoken_for, speaking, text_direction
from board.outbox import deliverer, enqueue, enqueue_mail
from board.urls import absolute

KIND = "account_mail"
LONGEST_NEXT = 500


def queue_request(purpose: str, email: str, next_path: str = "", *, code: str = "", is_own: bool = True) -> None:
    """Queue what somebody asked for at this address, within the caller's transaction.

    `purpose`: "registered", "confirm", "reset" or "code". `code` lets in the browser that asked; whoever has not
    confirmed their address gets it only if that browser is the one they registered in (`is_own`).
    """
    asked = {"purpose": purpose, "email": email, "next": next_path[:LONGEST_NEXT], "site": site_spoken_for()}
    enqueue(KIND, asked | {"code": code, "is_own": is_own})


@deliverer(KIND)
def answer_request(payload: dict[str, Any]) -> None:
    """Write the mail that fits the account at the address, if there is one."""
    user = db.session.scalar(select(User).where(User.email == payload["email"]))
    if user is None or not user.active or user.is_placeholder:
        return
    with speaking(user.language, payload.get("site")):
        _answer(user, payload)


def _answer(user: User, payload: dict[str, Any]) -> None:
    code = payload.get("code", "")
    if payload["purpose"] == "code" and (user.is_confirmed or payload["is_own"]):
        send_code(user, code)
    elif not user.is_confirmed:
        send_confirmation(user, payload["next"], code if payload.get("is_own") else "")
    elif payload["purpose"] == "registered":
        send_already_registered(user)
    elif payload["purpose"] == "reset":
        send_reset(user)


def send_code(user: User, code: str) -> None:
    """Mail the code that logs in."""
    text = _("%(code)s is your code to log in", code=code)
    send("code", user.email, text, link_to("security.login"), name=user.display_name, code=code)


def send_confirmation(user: User, next_path: str = "", code: str = "") -> None:
    """Mail the link that confirms the address; it leads on to where the person was. A code does the same in place."""
    more = {"next": next_path} if next_path else {}
    link = link_to("security.confirm_email", token=make_link_token("confirm", user), **more)
    send("confirm", user.email, _("Confirm your e-mail address"), link, name=user.display_name, code=code)


def send_already_registered(user: User) -> None:
    """Tell the owner of an address that it was registered once more."""
    link = link_to("security.login")
    forgot = link_to("security.forgot_password")
    send("already_registered", user.email, _("You already have an account"), link, forgot=forgot)


def send_reset(user: User) -> None:
    """Mail the link that sets a new password."""
    link = link_to("security.reset_password", token=make_link_token("reset", user))
    send("reset", user.email, _("Choose a new password"), link, name=user.display_name)


def send_invitation(user: User) -> None:
    """Mail somebody whom an admin added the link that sets their password."""
    link = link_to("security.reset_password", token=make_link_token("invitation", user))
    with speaking(user.language):  # an admin's page asks for it, in a language of its own
        send("invitation", user.email, _("You have an account"), link, by_stranger=False, name=user.display_name)


def send_new_address(user: User, new_email: str) -> None:
    """Mail the link that makes the new address the account's."""
    token = make_link_token("new_address", user, new_email)
    link = link_to("security.change_email_confirm", token=token)
    with speaking(user.language):
        send("new_address", new_email, _("Confirm your new e-mail address"), link, name=user.display_name)


def send_notice(user: User, what: str, subject: LazyString, *, to: str = "") -> None:
    """Tell the owner what changed in the account; only the owner can cause this mail."""
    link = link_to("security.forgot_password")
    with speaking(user.language):
        send(what, to or user.email, subject, link, by_stranger=False, name=user.display_name)


def send(template: str, to: str, subject: Any, link: str, *, by_stranger: bool = True, **context: Any) -> None:
    """Queue a mail in plain text, and the same text as simple HTML."""
    text = render_template(f"accounts/mail/{template}.txt", link=link, **context).strip() + "\n"
    enqueue_mail(to, str(subject), text, as_html(text), by_stranger=by_stranger)


def link_to(endpoint: str, **values: str) -> str:
    """Return the public address of one of our pages; the worker has no request, and none may choose the host."""
    return absolute(current_app.url_map.bind("").build(endpoint, values))


def as_html(text: str) -> str:
    """Return the text as paragraphs; a line that is one of our own links becomes one, nothing else does."""
    own = current_app.config["BOARD"].public_url + "/"
    blocks = []
    for block in text.strip().split("\n\n"):
        is_link = block.startswith(own) and len(block.split()) == 1
        inner = Markup('<a href="{0}">{0}</a>').format(block) if is_link else Markup("<br>").join(block.split("\n"))
        blocks.append(Markup("<p>{}</p>").format(inner))
    whole = Markup('<div lang="{}" dir="{}">\n{}\n</div>')
    return str(whole.format(page_language(), text_direction(), Markup("\n").join(blocks)))


class OutboxMail(MailUtil):
    """Flask-Security's mails, written to the outbox like all others."""

    def send_mail(  # noqa: PLR0917 - as Flask-Security calls it
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **more: Any
    ) -> None:
        """Queue what Flask-Security rendered."""
        enqueue_mail(str(recipient), str(subject), body or "", html or "")

    def normalize(self, email: str) -> str:
        """Return the address as it is looked up. Raises ValueError."""
        return accept_address(email)

    validate = normalize
