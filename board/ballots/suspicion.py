"""What makes a vote doubtful: named steps, each with a sentence for the editor. A doubtful vote is kept, not counted.

Readers are never told. No step refuses anybody: a school, an office or a fan club looks like an attack at times, so an
editor decides (`quarantine.py`). The thresholds are settings; beyond them lies what ordinary readers do not do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from board.ballots.budgets import Budget, overdrawn
from board.ballots.choices import Choice
from board.ballots.models import Ballot
from board.ballots.pace import burst_in
from board.ballots.votes import Doubt
from board.config import Settings
from board.storage import now

NEW_DEVICE_AGE = timedelta(minutes=1)
NEW_DEVICES_WINDOW = timedelta(minutes=10)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """A vote, and what is known of where it comes from."""

    ballot: Ballot
    choice: Choice
    network: str  # hashed
    is_new: bool = True  # the voter's first in the ballot
    device_age: timedelta | None = None  # since its cookie was made; None: not a device's vote
    account_age: timedelta | None = None  # None: not a member's
    has_work: bool = True  # or the ballot asks for none
    known: tuple[Doubt, ...] = ()  # what was found out about the address when its code was mailed
    overdrawn: frozenset[str] = frozenset()  # of this network's budgets


Step = Callable[[Case], str | None]


def judge(case: Case) -> list[Doubt]:
    """Return the doubts about the vote, the most telling first. A voter's later votes spend no budget."""
    if case.is_new:
        case = replace(case, overdrawn=overdrawn(case.ballot.id, budgets_of(case)))
    found = ((code, step(case)) for code, step in STEPS.items())
    return [Doubt(code, subject) for code, subject in found if subject is not None]


def budgets_of(case: Case) -> list[Budget]:
    """Return the budgets that a new vote spends; a setting of 0 means that there is no such budget."""
    settings: Settings = current_app.config["BOARD"]
    wanted = [
        Budget("network", case.network, settings.votes_per_network_hour, HOUR),
        Budget("shared", case.network, settings.votes_per_network),
    ]
    if case.device_age is not None and case.device_age < NEW_DEVICE_AGE:
        wanted.append(Budget("new_devices", case.network, settings.new_device_votes_per_network, NEW_DEVICES_WINDOW))
    if case.account_age is not None and case.account_age < timedelta(hours=settings.fresh_account_hours):
        wanted.append(Budget("fresh_accounts", case.network, settings.fresh_account_votes_per_network, HOUR))
    return [budget for budget in wanted if budget.limit or budget.code == "fresh_accounts"]


def address_is_disposable(case: Case) -> str | None:
    """Doubt an address of a throw-away service."""
    return _known(case, "disposable")


def address_is_banned(case: Case) -> str | None:
    """Doubt the address of an account that is closed."""
    return _known(case, "banned")


def new_devices_in_bulk(case: Case) -> str | None:
    """Doubt one more device that got its cookie just before it voted, where many of its network did."""
    return _budget(case, "new_devices")


def fresh_accounts_in_bulk(case: Case) -> str | None:
    """Doubt one more new account, where several of its network voted within the hour."""
    return _budget(case, "fresh_accounts")


def network_is_over_its_hour(case: Case) -> str | None:
    """Doubt a vote beyond the hour's budget of its network."""
    return _budget(case, "network")


def network_is_over_all(case: Case) -> str | None:
    """Doubt a vote beyond what one network may cast in all."""
    return _budget(case, "shared")


def option_is_in_a_burst(case: Case) -> str | None:
    """Doubt a vote for an option that gets far more of them than usual, while the others do not."""
    option_id = burst_in(case.ballot, case.choice, current_app.config["BOARD"].vote_burst)
    return None if option_id is None else f"{option_id}-{_hour()}"


def work_is_missing(case: Case) -> str | None:
    """Doubt a device that did not do the work that the ballot asks for: without JavaScript it cannot."""
    return None if case.has_work else _hour()


STEPS: dict[str, Step] = {
    "disposable": address_is_disposable,
    "banned": address_is_banned,
    "new_devices": new_devices_in_bulk,
    "fresh_accounts": fresh_accounts_in_bulk,
    "network": network_is_over_its_hour,
    "shared": network_is_over_all,
    "burst": option_is_in_a_burst,
    "no_work": work_is_missing,
}

SENTENCES: dict[str, LazyString] = {
    "disposable": _l("The address belongs to a service for throw-away addresses."),
    "banned": _l("The address belongs to a closed account."),
    "new_devices": _l("Many browsers of one network had got their cookie just before they voted."),
    "fresh_accounts": _l("Several new accounts of one network voted within an hour."),
    "network": _l("One network cast more votes in an hour than is usual for a school or an office."),
    "shared": _l("One network cast more votes in all than is usual for a school or an office."),
    "burst": _l("One option got more than ten times its usual votes, while the others did not."),
    "no_work": _l("The browser did not do the small calculation that this ballot asks for."),
}


def _budget(case: Case, code: str) -> str | None:
    return case.network[:16] if code in case.overdrawn else None


def _known(case: Case, code: str) -> str | None:
    return next((doubt.subject for doubt in case.known if doubt.code == code), None)


def _hour() -> str:
    return now().strftime("%Y-%m-%dT%H")
