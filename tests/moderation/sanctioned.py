"""Members under sanction: as they are now, and what they try."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from board.accounts.models import User
from board.extensions import db

A_WEEK = timedelta(days=7)
FORM = {"kind": "suspension", "where": "1", "lasts": "7", "reason": "abuse", "note": "Three insults in a row."}


def present(user: User) -> User:
    db.session.expire_all()
    return db.session.get_one(User, user.id)


def post(browser: Any, path: str = "/articles/opening-night/comments", body: str = "Back again.") -> Any:
    return browser.post(path, {"body": body, "key": body})


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
