"""Subscribers as editors see them: a page at a time, or all of them as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from board.articles.models import Article
from board.extensions import db
from board.gate.models import Consent, Subscriber, Unlock
from board.gate.operations import leaving_path
from board.spreadsheets import csv_of
from board.urls import absolute

PAGE_SIZE = 50
CSV_COLUMNS = ("email", "state", "wording", "consented_at", "confirmed_at", "article", "stop_link")
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Listed:
    """One subscriber, the last consent and the article it was given at."""

    subscriber: Subscriber
    consent: Consent | None
    article_id: str | None


@dataclass(frozen=True)
class Page:
    """A page of the list, newest first; `before` asks for the next one."""

    rows: list[Listed]
    before: int | None


def page_of(site_id: int, state: str, search: str, before: int | None) -> Page:
    """Return the subscribers below an ID, at most a page of them."""
    wanted = _listed(site_id, state).order_by(Subscriber.id.desc()).limit(PAGE_SIZE + 1)
    if search:
        wanted = wanted.where(Subscriber.email_key.contains(search.casefold(), autoescape=True))
    if before is not None:
        wanted = wanted.where(Subscriber.id < before)
    rows = [Listed(row[0], row[1], row[2]) for row in db.session.execute(wanted)]
    is_more = len(rows) > PAGE_SIZE
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].subscriber.id if is_more else None)


def counts_of(site_id: int) -> dict[str, int]:
    """Return how many addresses are in each state."""
    counted = select(Subscriber.newsletter, func.count()).where(Subscriber.site_id == site_id)
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Subscriber.newsletter))}


def as_csv(site_id: int, state: str) -> Iterator[str]:
    """Yield the CSV of the site's subscribers in pieces: those in the state, or all of them if it is empty."""
    yield csv_of([CSV_COLUMNS])
    wanted = _listed(site_id, state).order_by(Subscriber.id).execution_options(yield_per=ROWS_AT_ONCE)
    for part in db.session.execute(wanted).partitions():
        yield csv_of(_csv_row(Listed(row[0], row[1], row[2])) for row in part)


def _listed(site_id: int, state: str) -> Select[Subscriber, Consent, str]:
    """Select each subscriber with the newest consent, and the article of it, else the first one unlocked."""
    newest = (
        select(func.max(Consent.id)).where(Consent.subscriber_id == Subscriber.id).correlate(Subscriber)
    ).scalar_subquery()
    first_unlocked = (
        select(func.min(Unlock.article_id)).where(Unlock.subscriber_id == Subscriber.id).correlate(Subscriber)
    ).scalar_subquery()
    given_at = aliased(Article)
    wanted = (
        select(Subscriber, Consent, given_at.external_id)
        .outerjoin(Consent, Consent.id == newest)
        .outerjoin(given_at, given_at.id == func.coalesce(Consent.article_id, first_unlocked))
        .where(Subscriber.site_id == site_id)
    )
    return wanted.where(Subscriber.newsletter == state) if state else wanted


def _csv_row(listed: Listed) -> tuple[str, ...]:
    consent = listed.consent
    return (
        listed.subscriber.email,
        listed.subscriber.newsletter,
        consent.wording if consent else "",
        _moment(consent.given_at if consent else None),
        _moment(consent.confirmed_at if consent else None),
        listed.article_id or "",
        absolute(leaving_path(listed.subscriber)) if listed.subscriber.newsletter == "confirmed" else "",
    )


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
