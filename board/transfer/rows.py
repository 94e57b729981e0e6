"""One line of an import as a comment, or the reason why it is none."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from flask_babel import gettext as _

from board.articles.models import MAX_EXTERNAL_ID_CHARACTERS
from board.articles.rules import Wrong, external_id
from board.markup import MarkupError, html_to_safe, looks_like_html, normalise, render_comment
from board.markup.source import strip_unwanted
from board.storage import now
from board.transfer.lines import Line

MAX_SOURCE_CHARACTERS = 50
MAX_ID_CHARACTERS = 255
MAX_AUTHOR_CHARACTERS = 255
MAX_SCORE = 1_000_000_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(days=1)

MANY_BREAKS = re.compile(r"(?:<br>\s*){3,}")
BREAKS_AT_START = re.compile(r"(^|<p>)\s*(?:<br>\s*)+")
BREAKS_AT_END = re.compile(r"(?:<br>\s*)+(</p>|$)")


class RowRefused(Exception):
    """This line is no comment we can take; `row_id` is its ID if it has one."""

    def __init__(self, why: str, row_id: str = "") -> None:
        """Say why."""
        super().__init__(why)
        self.row_id = row_id


class NoObject(RowRefused):
    """The line is not even a JSON object; `is_unfinished` if it might be one, had it not ended too early."""

    def __init__(self, why: str, *, is_unfinished: bool = False) -> None:
        """Say why."""
        super().__init__(why)
        self.is_unfinished = is_unfinished


@dataclass(frozen=True)
class Row:
    """A comment as it comes, checked and rendered."""

    line: int
    source: str
    thread: str
    id: str
    parent: str | None
    author: str
    created: datetime
    likes: int
    body: str
    html: str


def read_row(line: Line) -> Row:
    """Return the line's comment. Raises RowRefused."""
    fields = _object(line)
    row_id = strip_unwanted(str(fields.get("id", ""))[:MAX_ID_CHARACTERS])
    try:
        body, html = render_imported(_text(fields, "body", 10**9))
        return Row(
            line=line.number,
            source=_name(fields, "source", MAX_SOURCE_CHARACTERS),
            thread=_article_id(_name(fields, "thread", MAX_EXTERNAL_ID_CHARACTERS)),
            id=_name(fields, "id", MAX_ID_CHARACTERS),
            parent=_name(fields, "parent_id", MAX_ID_CHARACTERS) if fields.get("parent_id") is not None else None,
            author=strip_unwanted(_text(fields, "author", MAX_AUTHOR_CHARACTERS)),
            created=_moment(_text(fields, "created", 64)),
            likes=_likes(fields.get("score")),
            body=body,
            html=html,
        )
    except (RowRefused, MarkupError) as refusal:
        raise RowRefused(str(refusal), row_id) from refusal


def render_imported(body: str) -> tuple[str, str]:
    """Return an imported text as it is kept, and its safe HTML; Markdown or HTML, as it looks. Raises MarkupError."""
    html = _tidy(html_to_safe(body)) if looks_like_html(body) else render_comment(body)
    return normalise(body), html


def _tidy(html: str) -> str:
    """Take out line breaks that only make blank space: at the ends of a paragraph, and more than two in a row."""
    few = MANY_BREAKS.sub("<br><br>", html)
    return BREAKS_AT_END.sub(r"\1", BREAKS_AT_START.sub(r"\1", few))


def _object(line: Line) -> dict[str, Any]:
    if line.is_too_long:
        raise RowRefused(_("The line is longer than 1 MB."))
    try:
        text = line.content.decode("utf-8-sig" if line.number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise NoObject(_("The line is not UTF-8."), is_unfinished=error.end == len(line.content)) from None
    try:
        fields = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        is_unfinished = error.msg.startswith("Unterminated string") or error.pos >= len(text)
        raise NoObject(_("The line is not JSON."), is_unfinished=is_unfinished) from None
    except (ValueError, RecursionError):
        raise NoObject(_("The line is not JSON.")) from None
    if not isinstance(fields, dict):
        raise NoObject(_("The line is not a JSON object."))
    return fields


def _no_constant(_text: str) -> NoReturn:
    raise ValueError


def _text(fields: dict[str, Any], name: str, limit: int) -> str:
    value = fields.get(name)
    if value is None:
        raise RowRefused(_("“%(name)s” is missing.", name=name))
    if not isinstance(value, str):
        raise RowRefused(_("“%(name)s” is not a text.", name=name))
    if len(value) > limit:
        raise RowRefused(_("“%(name)s” is longer than %(n)s characters.", name=name, n=limit))
    return value


def _name(fields: dict[str, Any], name: str, limit: int) -> str:
    """Return a text that something is found by: a whole number is taken for one."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        fields = {name: str(value)}
    text = _text(fields, name, limit)
    if not text.strip():
        raise RowRefused(_("“%(name)s” is empty.", name=name))
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise RowRefused(_("“%(name)s” has characters that cannot be stored.", name=name))
    return text


def _article_id(text: str) -> str:
    try:
        return external_id(text)
    except Wrong as wrong:
        raise RowRefused(str(wrong)) from wrong


def _moment(text: str) -> datetime:
    """Read a time as ISO 8601 writes it; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise RowRefused(_("“created” is not a time like 2026-11-22T19:30:00Z.")) from None
    if not EARLIEST <= moment <= now() + CLOCK_SKEW:
        raise RowRefused(_("“created” lies before 1970 or in the future."))
    return moment


def _likes(score: object) -> int:
    """Return the likes that a score stands for: none if it is negative or missing."""
    if score is None:
        return 0
    if isinstance(score, bool) or not isinstance(score, int | float) or abs(score) > MAX_SCORE:
        raise RowRefused(_("“score” is not a number."))
    return max(0, int(score))
