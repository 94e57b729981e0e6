"""A submitted text with what is known about it, and what can become of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any, Protocol

from board.accounts.models import User
from board.articles.models import PRIMARY_SITE_ID
from board.markup import plain_text
from board.screening.rules import USUAL, Rules

HREF = re.compile(r'<a [^>]*?href="([^"]*)"')

if TYPE_CHECKING:
    from board.screening.bayes import Weighed


class Taught(Protocol):
    """A model that weighs words; see `taught.Model`."""

    good: int
    bad: int

    def weigh(self, text: str) -> "Weighed":
        """Return how bad a plain text looks."""
        ...


@dataclass(frozen=True)
class Submission:
    """What an author wants to post, as things stand when it would be stored."""

    author: User
    source: str
    html: str
    is_thread_open: bool
    parent_takes_replies: bool = True
    depth: int = 0
    latest_source: str | None = None  # what the author posted last, anywhere; None: nothing yet
    count_in_last_minute: int = 0  # of the author's comments
    per_minute: int = 6
    site_id: int = PRIMARY_SITE_ID
    rules: Rules = USUAL
    model: Taught | None = None
    holds_all: bool = False  # the article's or the site's mode
    published_count: int = 0  # of the author's comments, counted as far as a rule asks
    count_in_ten_minutes: int = 0
    copies: int = 0  # like texts on the site of late
    account_age: timedelta | None = None  # None: not asked for

    @cached_property
    def text(self) -> str:
        """Return what readers see of it."""
        return plain_text(self.html)

    @cached_property
    def seen(self) -> str:
        """Return the text and where its links lead, which a word may hide in."""
        addresses = HREF.findall(self.html) if self.link_count else []
        return "\n".join((self.text, *map(unescape, addresses)))

    @cached_property
    def link_count(self) -> int:
        """Return how many links it has."""
        return self.html.count("<a ")


@dataclass(frozen=True)
class Lately:
    """What a site's rules ask about an author, as it was at the moment of posting."""

    latest_source: str | None
    count_in_last_minute: int = 0
    published_count: int = 0
    count_in_ten_minutes: int = 0
    copies: int = 0
    member_since: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """Why a text waits: the step that asked for it, and the words or numbers that it found."""

    step: str
    words: tuple[str, ...] = ()
    advice: str = field(default="", compare=False)  # what the author could mend, in a sentence; empty: nothing

    def kept(self) -> dict[str, Any]:
        """Return it as `comment.hold_reasons` keeps it."""
        return {"step": self.step, "words": list(self.words)}


@dataclass(frozen=True)
class Publish:
    """Show it at once."""


@dataclass(frozen=True)
class Hold:
    """Keep it for a moderator, for each of the reasons."""

    reasons: tuple[Reason, ...]

    def kept(self) -> list[dict[str, Any]]:
        """Return the reasons as `comment.hold_reasons` keeps them."""
        return [reason.kept() for reason in self.reasons]

    @property
    def advice(self) -> list[str]:
        """Return what the author could mend; nothing if it would wait whatever they write."""
        sentences = [reason.advice for reason in self.reasons]
        return sentences if all(sentences) else []


@dataclass(frozen=True)
class Refuse:
    """Store nothing; tell the author why and what to do."""

    step: str
    reason: str
    status: int = 422
    words: tuple[str, ...] = ()


Verdict = Publish | Hold | Refuse


class TextRefused(Exception):
    """The text cannot be taken as it is; says why, and what the author can do."""

    def __init__(self, reason: str, status: int = 422) -> None:
        """Keep the words for the form and the status for the answer."""
        self.reason, self.status = reason, status
        super().__init__(reason)


class MayBreakRules(TextRefused):
    """The text would wait for a moderator; its author may mend it first, or send it as it is."""

    def __init__(self, reason: str, advice: Iterable[str]) -> None:
        """Keep what could be mended."""
        super().__init__(reason)
        self.advice = list(advice)


class GuidelinesUnread(TextRefused):
    """This is the author's first comment, and they have not been shown the site's guidelines."""


def merged(before: Sequence[dict[str, Any]] | None, more: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return kept reasons with more of them; a step's newest words count."""
    by_step = {reason["step"]: reason for reason in before or ()}
    by_step.update({reason["step"]: reason for reason in more})
    return list(by_step.values())
