"""What would these rules have done to what was posted of late? The same steps, asked about comments that are there.

Bounded: the newest two thousand comments of a site within thirty days, looked for among the newest fifty thousand of
all sites, for at most three seconds.
"""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.orm import aliased

from board.accounts.models import User
from board.articles.models import Site
from board.comments.lately import LOOKED_AT
from board.comments.models import Comment
from board.extensions import db
from board.markup import excerpt
from board.screening import Hold, Publish, Refuse, Submission
from board.screening.deciding import found_by_rules
from board.screening.likeness import likeness_of
from board.screening.rules import Rules
from board.screening.taught import Model, model_of
from board.storage import now

DAYS = 30
MOST_COMMENTS = 2000
MOST_ROWS = 50_000
MOST_SECONDS = 3.0
MOST_SHOWN = 20
TEN_MINUTES = timedelta(minutes=10)
WROTE_EARLIER = "\0"  # stands for a text before the first one that is looked at; no text is like it


@dataclass(frozen=True)
class Caught:
    """A comment that the rules would have kept from being published, and what has become of it."""

    id: int
    author_name: str
    created_at: datetime
    state: str
    quote: str
    is_refused: bool
    reasons: list[dict[str, Any]]


@dataclass
class Replay:
    """What the rules would have done."""

    looked_at: int = 0
    is_whole: bool = True  # False: there was more than is looked at
    held: int = 0
    refused: int = 0
    removed: int = 0  # of those looked at, by moderators
    removed_caught: int = 0
    by_step: Counter[str] = field(default_factory=Counter)
    shown: list[Caught] = field(default_factory=list)  # the newest ones, newest first

    @property
    def caught(self) -> int:
        """Return how many would not have been published at once."""
        return self.held + self.refused

    @property
    def stands_caught(self) -> int:
        """Return how many of them no moderator removed."""
        return self.caught - self.removed_caught


def replay(site: Site, rules: Rules) -> Replay:
    """Return what the rules would have done to the site's comments of the last thirty days.

    Modes are left out, and staff's comments. What was published before a comment counts as it stands now.
    """
    rows = list(db.session.execute(_recent(site.id, now() - timedelta(days=DAYS), rules)))
    found = Replay(is_whole=len(rows) < MOST_COMMENTS)
    model = model_of(site, at_once=True) if rules.is_on("learnt") else None
    end = time.monotonic() + MOST_SECONDS
    for row, submission in _as_they_came(reversed(rows), site, rules, model):
        if time.monotonic() > end:
            found.is_whole = False
            break
        _note(found, row, submission)
    found.shown.reverse()
    return found


def _recent(site_id: int, since: datetime, rules: Rules) -> Select[Any]:
    """Return the query for the newest comments, newest first, with what their authors had posted before each."""
    newest = select(Comment.id).where(Comment.created_at > since).order_by(Comment.created_at.desc(), Comment.id.desc())
    earlier = aliased(Comment)
    is_earlier = (earlier.author_id == Comment.author_id) & (earlier.created_at < Comment.created_at)
    most = rules.number("first_comments_count") if rules.is_on("first_comments") else 0
    latest = select(earlier.state).where(is_earlier).order_by(earlier.created_at.desc()).limit(LOOKED_AT)
    states = latest.correlate(Comment).subquery()
    published = select(states.c.state).where(states.c.state == "published").limit(most)
    return (
        select(
            *(Comment.id, Comment.author_id, Comment.created_at, Comment.state, Comment.body_source, Comment.body_html),
            User.display_name,
            User.created_at.label("member_since"),
            select(earlier.id).where(is_earlier).exists().label("has_written"),
            (_count(published) if most else literal(0)).label("published_count"),
        )
        .join(User, User.id == Comment.author_id)
        .where(Comment.id.in_(select(newest.limit(MOST_ROWS).subquery().c.id)), Comment.site_id == site_id)
        .where(Comment.state != "deleted", User.role == "member", User.has_site_roles.is_(False))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(MOST_COMMENTS)
    )


def _count(rows: Select[Any]) -> Any:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def _as_they_came(
    rows: Iterable[Row[Any]], site: Site, rules: Rules, model: Model | None
) -> Iterable[tuple[Row[Any], Submission]]:
    """Yield each comment as it was submitted, oldest first, with what had been posted before it."""
    nobody, copied_within = User(), timedelta(hours=rules.number("repeats_hours"))
    latest: dict[int, str] = {}
    times: dict[int, deque[datetime]] = defaultdict(deque)
    copies: dict[int, deque[datetime]] = defaultdict(deque)
    for row in rows:
        likeness = likeness_of(row.body_html) if rules.is_on("repeats") else None
        yield (
            row,
            Submission(
                author=nobody,
                source=row.body_source,
                html=row.body_html,
                is_thread_open=True,
                latest_source=latest.get(row.author_id, WROTE_EARLIER if row.has_written else None),
                site_id=site.id,
                rules=rules,
                model=model,
                published_count=row.published_count,
                count_in_ten_minutes=_within(times[row.author_id], row.created_at, TEN_MINUTES),
                copies=_within(copies[likeness], row.created_at, copied_within) if likeness is not None else 0,
                account_age=row.created_at - row.member_since,
            ),
        )
        latest[row.author_id] = row.body_source
        times[row.author_id].append(row.created_at)
        if likeness is not None:
            copies[likeness].append(row.created_at)


def _within(times: deque[datetime], moment: datetime, span: timedelta) -> int:
    """Drop the times that are too long ago, and count the rest."""
    while times and moment - times[0] >= span:
        times.popleft()
    return len(times)


def _note(found: Replay, row: Row[Any], submission: Submission) -> None:
    verdict = found_by_rules(submission)
    is_removed = row.state == "removed"
    found.looked_at += 1
    found.removed += is_removed
    if isinstance(verdict, Publish):
        return
    found.removed_caught += is_removed
    found.held += isinstance(verdict, Hold)
    found.refused += isinstance(verdict, Refuse)
    reasons = verdict.kept() if isinstance(verdict, Hold) else [{"step": verdict.step, "words": list(verdict.words)}]
    found.by_step.update(str(reason["step"]) for reason in reasons)
    quote = excerpt(row.body_html, 200)
    is_refused = isinstance(verdict, Refuse)
    found.shown.append(Caught(row.id, row.display_name, row.created_at, row.state, quote, is_refused, reasons))
    del found.shown[:-MOST_SHOWN]
