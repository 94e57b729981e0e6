"""One-time tickets: what a vote without a session carries besides the public token that all readers share.

A ticket is signed for one ballot, one voter, this Board's origin and a few minutes; and for the choice that the voter
had when it was made out, or for none. A vote changes that, so a ticket works once, and nothing has to be kept about it.
The work that a ballot may ask for is done on the ticket, and is thus bound to the same. See docs/decisions/0024.
"""

import hashlib
import hmac

from flask import current_app

from board.ballots.models import Ballot
from board.ballots.votes import mark_of
from board.storage import now

LIFETIME_SECONDS = 10 * 60
MAX_WORK_CHARACTERS = 20


class NoTicket(Exception):
    """There is no ticket, or not one of this ballot, this voter and this hour."""


def issue_ticket(ballot: Ballot, voter_key: str, receipt: str = "") -> str:
    """Return a ticket to replace the choice with the receipt, which the voter has now; none: to vote at all."""
    body = f"{int(now().timestamp()) + LIFETIME_SECONDS}.{mark_of(receipt)}"
    return f"{body}.{_signature(body, ballot, voter_key)}"


def redeem_ticket(ticket: str, ballot: Ballot, voter_key: str) -> str:
    """Return the mark of the choice that the ticket may replace. Raises NoTicket."""
    body, _dot, signature = ticket.rpartition(".")
    expires, _dot, mark = body.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, ballot, voter_key).encode()):
        raise NoTicket
    if int(expires) < now().timestamp():
        raise NoTicket
    return mark


def is_worked(ticket: str, work: str, bits: int) -> bool:
    """Tell whether the SHA-256 of "<ticket>.<work>" begins with so many zero bits."""
    digest = hashlib.sha256(f"{ticket}.{work[:MAX_WORK_CHARACTERS]}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def _signature(body: str, ballot: Ballot, voter_key: str) -> str:
    origin = current_app.config["BOARD"].public_url
    message = f"vote ticket {ballot.id} {voter_key} {origin} {body}"
    return hmac.new(str(current_app.secret_key).encode(), message.encode(), hashlib.sha256).hexdigest()[:32]
