"""Where a request's vote comes from: its network, its ticket, and what the steps of `suspicion.py` have to know."""

import hashlib
import hmac
from collections.abc import Sequence

import structlog
from flask import current_app, request
from flask_login import current_user

from board.accounts.devices import network_of
from board.answers import next_path
from board.ballots.choices import Choice
from board.ballots.models import Ballot
from board.ballots.suspicion import Case, judge
from board.ballots.tickets import NoTicket, is_worked, issue_ticket, redeem_ticket
from board.ballots.voters import address_doubts, device_age, voter_keys
from board.ballots.votes import Doubt, Origin, Vote
from board.storage import now
from board.urls import articles_in

log = structlog.get_logger(__name__)

MAX_TICKET_CHARACTERS = 100


def origin_of(ballot: Ballot, voter_key: str, *, by_code: bool = False) -> Origin:
    """Return where this request's vote comes from. Raises NoTicket where a session or a code does not do for one."""
    warn_of_unknown_proxy()
    needs_ticket = not (by_code or current_user.is_authenticated)
    replaces = redeem_ticket(sent_ticket(), ballot, voter_key) if needs_ticket else None
    network = hashed_network(ballot, request.remote_addr)
    is_device = voter_key.startswith("d:")
    age = device_age() if is_device else None
    account_age = now() - current_user.created_at if voter_key.startswith("m:") else None
    known = tuple(address_doubts()) if ballot.who != "anyone" else ()
    has_work = not (is_device and ballot.work_bits) or has_worked(ballot, voter_key)

    def suspect(choice: Choice, is_new: bool) -> Sequence[Doubt]:
        return judge(Case(ballot, choice, network, is_new, age, account_age, has_work, known))

    return Origin(network=network, places=articles_in(next_path("")), judge=suspect, replaces=replaces)


def ticket_for(ballot: Ballot, vote: Vote | None) -> str:
    """Return the ticket for this reader's form; empty where a session does for one, or nobody is known yet."""
    if current_user.is_authenticated:
        return ""
    keys = [vote.voter_key] if vote else voter_keys(ballot)
    return issue_ticket(ballot, keys[0], vote.receipt if vote else "") if keys else ""


def has_unknown_proxy() -> bool:
    """Tell whether this request came through a proxy that the settings do not know of: then all readers look alike."""
    return "X-Forwarded-For" in request.headers and not current_app.config["BOARD"].trusted_proxies


def warn_of_unknown_proxy() -> None:
    """Log once in each process that voters come through a proxy that the settings do not know of."""
    if has_unknown_proxy() and not current_app.extensions.get("unknown_proxy_told"):
        current_app.extensions["unknown_proxy_told"] = True
        log.warning("unknown_proxy", setting="BOARD_TRUSTED_PROXIES", effect="all voters look like one network")


def sent_ticket() -> str:
    """Return the ticket in the address, to which the form is sent again, or else in the form."""
    return request.values.get("ticket", "")[:MAX_TICKET_CHARACTERS]


def has_worked(ballot: Ballot, voter_key: str) -> bool:
    """Tell whether the work in the form is done, on a ticket of this voter."""
    ticket = sent_ticket()
    try:
        redeem_ticket(ticket, ballot, voter_key)
    except NoTicket:
        return False
    return is_worked(ticket, request.form.get("work", ""), ballot.work_bits)


def hashed_network(ballot: Ballot, address: str | None) -> str:
    """Return the voter's /24 or /56, hashed for this ballot; what is no address is one network of its own."""
    secret = str(current_app.secret_key).encode()
    message = f"vote network {ballot.id} {network_of(address)}"
    return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()[:32]
