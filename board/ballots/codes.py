"""A mailed code that shows an address is the voter's: six digits, hashed, one use, ten minutes, five tries.

The code is bound to one ballot and to the form that asked for it (its token), so nobody else can use up its tries.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.mailboxes import doubts_about
from board.ballots.models import Ballot
from board.ballots.voters import address_voter
from board.ballots.votes import MAX_VOTER_CHARACTERS
from board.extensions import Model, db
from board.outbox import enqueue_mail
from board.storage import now

LIFETIME = timedelta(minutes=10)
MAX_TRIES = 5
DIGITS = 6


class TooManyCodes(Exception):
    """The address has had as many mails as strangers can cause."""


class WrongCode(Exception):
    """Not the code that was mailed; there are tries left."""


class CodeOver(Exception):
    """The code has been used, has expired, or has no tries left: another one is needed."""


class VoteCode(Model):
    """A code on its way, or used."""

    __tablename__ = "vote_code"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS))
    code_hash: Mapped[str] = mapped_column(String(64))
    doubts: Mapped[list[str]] = mapped_column(JSON, default=list)  # about the address, which is not kept
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


def send_code(ballot: Ballot, address: str) -> str:
    """Mail a code to the address; return the token of the form that takes it. Raises TooManyCodes."""
    token, code = secrets.token_urlsafe(18), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    db.session.execute(delete(VoteCode).where(VoteCode.expires_at < now()))
    db.session.add(
        VoteCode(
            token_hash=_hash(token),
            ballot_id=ballot.id,
            voter_key=address_voter(address),
            doubts=[doubt.group for doubt in doubts_about(address)],
            code_hash=_hash(token, code),
            expires_at=now() + LIFETIME,
        )
    )
    text = render_template("ballots/mail/code.txt", ballot=ballot, code=code, minutes=LIFETIME.seconds // 60)
    if not enqueue_mail(address, _("%(code)s is your code to vote", code=code), text):
        raise TooManyCodes
    return token


def redeem(ballot: Ballot, token: str, code: str) -> tuple[str, bool, list[str]]:
    """Use the code; return the voter key of its address, whether this is its first use, the doubts about the address.

    Each call counts as a try, so the caller commits whatever comes of it. Raises WrongCode and CodeOver.
    """
    trying = (
        update(VoteCode)
        .where(
            VoteCode.token_hash == _hash(token),
            VoteCode.ballot_id == ballot.id,
            VoteCode.expires_at > now(),
            VoteCode.tries < MAX_TRIES,
        )
        .values(tries=VoteCode.tries + 1)
        .returning(VoteCode)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = db.session.scalars(trying).one_or_none()
    if found is None:
        raise CodeOver
    digits = "".join(character for character in code if character.isdecimal())
    if not hmac.compare_digest(found.code_hash, _hash(token, digits)):
        raise WrongCode
    is_first = found.used_at is None
    found.used_at = found.used_at or now()
    return found.voter_key, is_first, found.doubts


def _hash(token: str, code: str = "") -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"vote code {token} {code}".encode(), hashlib.sha256).hexdigest()
