"""Which addresses are one person's mailbox, and which are thrown away after use."""

from flask import current_app
from sqlalchemy import exists, select

from board.accounts.models import User
from board.ballots.votes import Doubt
from board.extensions import db

DOTLESS_DOMAINS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}  # they ignore dots, and are the same


def mailbox_of(address: str) -> str:
    """Return the one spelling of all addresses that reach the same mailbox.

    What is behind a plus sign is a tag with every large provider; Google ignores dots too. Mail goes to the address as
    typed. On the rare server where "a+b" and "a" are two people, they share a vote.
    """
    name, _at, domain = address.strip().casefold().rpartition("@")
    name = name.partition("+")[0] or name
    if domain in DOTLESS_DOMAINS:
        name, domain = name.replace(".", ""), DOTLESS_DOMAINS[domain]
    return f"{name}@{domain}"


def doubts_about(address: str) -> list[Doubt]:
    """Return why a vote with this address may not be honest."""
    doubts = []
    domain = disposable_domain(address)
    if domain:
        doubts.append(Doubt("disposable", domain))
    if db.session.scalar(
        select(exists().where(User.email.in_((address, mailbox_of(address))), User.active.is_(False)))
    ):
        doubts.append(Doubt("banned"))
    return doubts


def disposable_domain(address: str) -> str:
    """Return the domain of a service for throw-away addresses that the address belongs to; empty for any other."""
    from disposable_email_domains import blocklist

    more = {domain.strip().casefold() for domain in current_app.config["BOARD"].disposable_domains.split(",")}
    labels = address.rpartition("@")[2].casefold().split(".")
    domains = (".".join(labels[place:]) for place in range(len(labels) - 1))  # below a listed one is listed too
    return next((domain for domain in domains if domain in blocklist or domain in more), "")
