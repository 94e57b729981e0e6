"""What each field of an article and of a site may hold: from what a person typed to what is kept.

Every rule takes a text and returns the value, or raises Wrong with a sentence that says how to mend it. The pages at
`/manage` and the command line ask the same rules.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from board.articles.models import MAX_EXTERNAL_ID_CHARACTERS
from board.days import own_zone
from board.languages import SHIPPED, shipped
from board.markup.addresses import is_public_link
from board.markup.source import strip_unwanted

MAX_URL_CHARACTERS = 2000
MAX_VIDEO_TITLE_CHARACTERS = 200
MAX_VIDEOS = 30
MAX_ORIGINS = 50
YEARS = range(1800, 2201)
UNSEEN = frozenset({"Cc", "Cs"})  # control characters and halves of characters
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*|\[[0-9a-f:]{2,45}\]")
DEFAULT_PORTS = {"http": 80, "https": 443}

Rule = Callable[[str], Any]


class Wrong(ValueError):
    """One field's text is not allowed; the sentence says how to mend it."""


class WrongFields(Exception):
    """Some fields are wrong: for each its name and the sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the sentences by the field's name."""
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


def line(limit: int, *, needed: str = "") -> Rule:
    """Return the rule for one line of plain text; `needed` is what to say when it is empty."""

    def rule(text: str) -> str:
        clean = " ".join(seen(text).split())
        if needed and not clean:
            raise Wrong(needed)
        if len(clean) > limit:
            raise Wrong(_("This has %(n)d characters. Shorten it to %(limit)d or fewer.", n=len(clean), limit=limit))
        return clean

    return rule


def seen(text: str) -> str:
    """Return the text without characters that hide or reorder others; a tab or a line end becomes a space."""
    return strip_unwanted(re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]", " ", text))


def external_id(text: str) -> str:
    """Allow as an article's ID any text that survives a link."""
    if not text.strip():
        raise Wrong(_("Give the article an ID, for example opening-night or 2026/11/22/opening-night."))
    if text != text.strip():
        raise Wrong(_("Take away the spaces before and after the ID."))
    if len(text) > MAX_EXTERNAL_ID_CHARACTERS:
        raise Wrong(_("The ID has %(n)d characters. Shorten it to 255 or fewer.", n=len(text)))
    if any(unicodedata.category(c) in UNSEEN for c in text):
        raise Wrong(_("The ID holds a control character, such as a tab or a line end. Take it out."))
    if text in {".", ".."}:
        raise Wrong(_("Browsers take “.” and “..” out of addresses. Choose another ID."))
    return text


def web_address(text: str) -> str:
    """Allow nothing, or an absolute http or https address."""
    clean = text.strip()
    if not clean:
        return ""
    if len(clean) > MAX_URL_CHARACTERS:
        raise Wrong(_("This address is too long: at most %(limit)d characters.", limit=MAX_URL_CHARACTERS))
    if clean.startswith("mailto:") or not is_public_link(clean):
        raise Wrong(_("Write a whole web address, for example https://example.com/page."))
    return clean


def videos(text: str) -> list[tuple[str, str]]:
    """Read one video a line, as "address | title"; return addresses and titles."""
    found = [_video(number, row) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if len(found) > MAX_VIDEOS:
        raise Wrong(_("These are %(n)d videos. Keep %(limit)d or fewer.", n=len(found), limit=MAX_VIDEOS))
    return found


def _video(number: int, row: str) -> tuple[str, str]:
    url, _bar, title = row.partition("|")
    try:
        address = web_address(url)
        if not address:
            raise Wrong(_("Write a whole web address, for example https://example.com/page."))
        return address, line(MAX_VIDEO_TITLE_CHARACTERS)(title)
    except Wrong as wrong:
        raise Wrong(_("Line %(number)d: %(what)s", number=number, what=str(wrong))) from wrong


def one_of(*choices: str) -> Rule:
    """Return the rule for a choice."""

    def rule(text: str) -> str:
        if text not in choices:
            raise Wrong(_("Choose one of: %(choices)s.", choices=", ".join(choices)))
        return text

    return rule


def language(text: str) -> str:
    """Allow a language that ships; none means the operator's."""
    asked = text.strip()
    if asked and not shipped(asked):
        known = ", ".join(SHIPPED)
        raise Wrong(_("There are no texts in “%(language)s”. Choose one of: %(known)s.", language=asked, known=known))
    return shipped(asked)


def whole_number(least: int, most: int) -> Rule:
    """Return the rule for a whole number within bounds."""

    def rule(text: str) -> int:
        clean = text.strip()
        number = int(clean) if re.fullmatch(r"-?[0-9]{1,9}", clean) else None
        if number is None or not least <= number <= most:
            raise Wrong(_("Write a whole number from %(least)d to %(most)d.", least=least, most=most))
        return number

    return rule


def optional(rule: Rule) -> Rule:
    """Return the rule that also allows nothing, kept as None."""
    return lambda text: rule(text) if text.strip() else None


def moment(text: str) -> datetime:
    """Read a date, or a date and time of the site's time zone, written as 2026-11-22 or 2026-11-22 19:30."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Wrong(_("Write the date as 2026-11-22, or with the time as 2026-11-22 19:30.")) from error
    if read.year not in YEARS:
        raise Wrong(_("Choose a year from 1800 to 2200."))
    local = read if read.tzinfo else read.replace(tzinfo=own_zone())
    return local.astimezone(UTC)


def slug(text: str) -> str:
    """Allow what stands in addresses as `?site=`."""
    clean = text.strip()
    if not SLUG.fullmatch(clean):
        raise Wrong(_("Use small letters a to z, digits and hyphens, as in evening-post; at most 50."))
    return clean


def origins(text: str) -> list[str]:
    """Read one origin a line, as https://www.example.com; return them as browsers write them, each once."""
    found = [_origin(number, row) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if len(found) > MAX_ORIGINS:
        raise Wrong(_("These are %(n)d origins. Keep %(limit)d or fewer.", n=len(found), limit=MAX_ORIGINS))
    return list(dict.fromkeys(found))


def _origin(number: int, row: str) -> str:
    try:
        return origin_of(row.strip(), bare=True)
    except ValueError as error:
        example = "https://www.example.com"
        sentence = _("Line %(number)d: write only scheme and host, as in %(example)s.", number=number, example=example)
        raise Wrong(sentence) from error


def is_on(allowed: list[str], url: str) -> bool:
    """Tell whether the page is on one of the origins."""
    try:
        return origin_of(url) in allowed
    except ValueError:
        return False


def origin_of(url: str, *, bare: bool = False) -> str:
    """Return an address's origin as browsers write it. Raises ValueError; when `bare`, also for more than an origin."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name.encode("idna").decode()
    has_more = parts.path not in {"", "/"} or "?" in url or "#" in url
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or "@" in parts.netloc or (bare and has_more):
        raise ValueError(url)
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
