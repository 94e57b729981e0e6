"""Who votes: a member, or a device by its signed cookie.

Public pages are the same bytes for everybody and set no cookies, so a reader's first vote arrives without a device.
It is answered with the cookie and "send that again" (307, which browsers do by themselves, form and all), and only
what comes with a cookie is counted. So two presses of a button cannot become two devices' votes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, g, request
from flask_login import current_user
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from board.ballots.mailboxes import doubts_about, mailbox_of
from board.ballots.models import Ballot
from board.ballots.votes import Doubt, Vote
from board.extensions import db
from board.signing import serializer_for
from board.storage import now

DEVICE_COOKIE = "board_device"
DEVICE_SECONDS = 365 * 24 * 3600
ADDRESS_COOKIE = "board_voter"
ADDRESS_SECONDS = 30 * 24 * 3600  # then the address is verified again
MAX_DEVICES = 8  # that one browser is known as: the tab's own, and those of frames that led to it


@dataclass(frozen=True)
class Device:
    """A browser that we gave a cookie; its own name, and those that it has in frames which led to its tab."""

    names: tuple[str, ...]
    made_at: datetime

    @property
    def voter_keys(self) -> list[str]:
        """Return the keys it may have voted under, its own first."""
        return [_device_voter(name) for name in self.names]

    @property
    def voter_key(self) -> str:
        """Return the key it votes under."""
        return self.voter_keys[0]


def voter_keys(ballot: Ballot) -> list[str]:
    """Return the keys under which this request's person may have voted, the one to vote under first.

    Empty: the ballot must first learn who it is. A member's browser may have voted before they logged in; that vote
    is then theirs in this browser (see `standing_vote`).
    """
    if ballot.who == "member":
        return member_keys()
    if ballot.who == "email":
        return address_keys()
    return member_keys() + device_keys()


def standing_vote(ballot: Ballot) -> Vote | None:
    """Return the vote that this request's person has in the ballot, if any."""
    for key in voter_keys(ballot):
        vote = db.session.get(Vote, (ballot.id, key))
        if vote:
            return vote
    return None


def member_keys() -> list[str]:
    """Return the signed-in member's key, if they have confirmed their address."""
    return [f"m:{current_user.id}"] if current_user.is_authenticated and current_user.is_full_member else []


def device_keys() -> list[str]:
    """Return the keys of the device whose signed cookie came with this request, if one came."""
    device = _device()
    return device.voter_keys if device else []


def device_names() -> tuple[str, ...]:
    """Return the names of the device that sent this request; none without its cookie. They are secret."""
    device = _device()
    return device.names if device else ()


def device_age() -> timedelta | None:
    """Return how long ago the device got its cookie; None without one."""
    device = _device()
    return now() - device.made_at if device else None


def device_in(cookie: str) -> Device | None:
    """Return the device with the cookie, if we made it."""
    try:
        names, made_at = serializer_for(DEVICE_COOKIE).loads(cookie, max_age=DEVICE_SECONDS, return_timestamp=True)
    except BadSignature:
        return None
    return Device(tuple(str(names).split()), made_at)


def address_keys() -> list[str]:
    """Return the key of the member's confirmed address, or of the address verified in this browser."""
    if current_user.is_authenticated and current_user.is_full_member:
        return [address_voter(current_user.email)]
    return _verified_address()[:1]


def address_doubts() -> list[Doubt]:
    """Return what is doubtful about the address that this request's person votes with."""
    if current_user.is_authenticated and current_user.is_full_member:
        return doubts_about(current_user.email)
    return [Doubt(*doubt.split(":", 1)) for doubt in _verified_address()[1:]]


def address_voter(address: str) -> str:
    """Return the voter key of an e-mail address; the address cannot be read from it."""
    secret = str(current_app.secret_key).encode()
    return "e:" + hmac.new(secret, b"voter " + mailbox_of(address).encode(), hashlib.sha256).hexdigest()


def new_device() -> tuple[str, str]:
    """Return a new device, and the key that it votes under."""
    device = secrets.token_urlsafe(18)
    return device, _device_voter(device)


def give_device(response: Response, device: str = "") -> None:
    """Set a new device's cookie."""
    _set_signed(response, DEVICE_COOKIE, device or new_device()[0], DEVICE_SECONDS)


def join_device(response: Response, names: Sequence[str]) -> None:
    """Let this browser be known by these names too, so that what they voted is voted here."""
    own = device_names()
    joined = list(dict.fromkeys([*own[:1], *names, *own[1:]]))
    give_device(response, " ".join(joined[:MAX_DEVICES]))


def vouch_for(voter_key: str, doubts: Sequence[str] = ()) -> None:
    """Take this request's reader for the owner of the address, whose code they have just entered."""
    g.verified_voter = [voter_key, *doubts]


def remember_address(response: Response, voter_key: str, doubts: Sequence[str] = ()) -> None:
    """Keep in this browser that the address behind the voter key was verified here, and what is doubtful about it."""
    _set_signed(response, ADDRESS_COOKIE, " ".join([voter_key, *doubts]), ADDRESS_SECONDS)


def is_known_reader() -> bool:
    """Tell whether the answer to this request may hold anything personal."""
    return bool(DEVICE_COOKIE in request.cookies or ADDRESS_COOKIE in request.cookies or current_user.is_authenticated)


def _device() -> Device | None:
    """Return the device that sent this request, whose cookie is read once."""
    if "device" not in g:
        g.device = device_in(request.cookies.get(DEVICE_COOKIE, ""))
    found: Device | None = g.device
    return found


def _verified_address() -> list[str]:
    """Return the voter key of the address verified in this browser, and the doubts about it; empty if none was."""
    cookie = request.cookies.get(ADDRESS_COOKIE, "")
    return list(g.get("verified_voter") or _unsigned(ADDRESS_COOKIE, cookie, ADDRESS_SECONDS).split())


def _device_voter(device: str) -> str:
    return f"d:{hashlib.sha256(device.encode()).hexdigest()}"


def _unsigned(purpose: str, text: str, max_age: int) -> str:
    try:
        return str(serializer_for(purpose).loads(text, max_age=max_age))
    except BadSignature:
        return ""


def _set_signed(response: Response, cookie: str, value: str, max_age: int) -> None:
    response.set_cookie(
        cookie,
        serializer_for(cookie).dumps(value),
        max_age=max_age,
        secure=current_app.config["BOARD"].is_https,
        httponly=True,
        samesite="Lax",
    )
