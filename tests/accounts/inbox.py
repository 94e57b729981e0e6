"""Read the mails that the outbox holds, and the tokens in pages."""

import re

from sqlalchemy import select

from board.accounts.mails import KIND, answer_request
from board.extensions import db
from board.outbox import OutboxRow
from tests.conftest import Browser

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r"http://localhost(/\S+)")


def mails_to(address: str) -> list[dict[str, str]]:
    """Return the mails queued for the address, oldest first, after what was asked for has been answered."""
    answer_requests()
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id))
    return [row.payload for row in rows if row.payload["to"] == address]


def answer_requests() -> None:
    """Write the mails that were asked for, as the worker does; the mails themselves stay in the outbox."""
    db.session.rollback()
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == KIND)).all():
        answer_request(row.payload)
        db.session.delete(row)
    db.session.commit()


def link_in(mail: dict[str, str]) -> str:
    """Return the path of the first link in the mail."""
    found = LINK.search(mail["text"])
    assert found, mail["text"]
    return found[1]


def token_on(browser: Browser, path: str) -> str:
    """Return the token of the form on a page of this browser."""
    found = TOKEN.search(browser.get(path).text)
    assert found
    return found[1]
