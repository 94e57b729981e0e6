"""Which language a page has: the one that its frame's element asks for, else its site's, else the operator's.

Never the browser's: public pages are the same bytes for everybody (`board/pagecache`). A site's language is asked of
nothing but memory here, so that a page of errors has one too; `board/articles/languages.py` keeps that memory.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from babel import Locale
from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import force_locale, get_locale, refresh

from board.config import Settings
from board.extensions import babel

# In each language's own words. What a reader sees is whole in all of these (tests/house/test_catalogues.py).
SHIPPED = {"en": "English", "ar": "العربية", "de": "Deutsch"}
# Pages for staff, sponsors and auditors are translated in these alone: half a language is worse than another one.
WHOLE = frozenset({"en"})
FOR_STAFF = "en"
STAFF_PAGES = re.compile(r"/(?:manage|moderation)(?:/|$)|/ballots/[^/]+/(?:verify$|report/)").match
TRANSLATIONS = Path(__file__).parent / "translations"
ASKED_KEY = "board.language"  # of a page in a frame, in the request's environment
TAKES_LANGUAGE = re.compile(r"/embed/|/log-in-window$|.*/thread/fragment$").match
LEADS_ON = re.compile(r"/log-in-window\?").match  # a page on the way there speaks as it will
MAX_SITE_CHARACTERS = 50  # of a site's short name
SITE_IN = re.compile(r"[?&]site=([a-z0-9-]{1,50})").search
LANGUAGE_IN = re.compile(r"[?&]language=([a-z-]{1,20})").search
SITE_LANGUAGES = "board_site_languages"  # under which an application's extensions name what tells a site's language
HOUSE = 1  # the primary site, whose language has all that belongs to none
MAX_ASKED_CHARACTERS = 35  # of a language tag (RFC 5646, 4.4.1)


_writing_for: ContextVar[int | str | None] = ContextVar("writing_for", default=None)


class Catalogues(dict[tuple[str, str], Translations]):
    """The texts of each language (and of one domain, ours), read when the language is first spoken.

    From the file that translators edit: that takes 30 ms, and there is nothing to compile, commit or forget.
    """

    def __missing__(self, asked: tuple[str, str]) -> Translations:
        """Read the language's catalogue; where there is none, texts stay as they are in the sources."""
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        file = TRANSLATIONS / shipped(asked[0]) / "LC_MESSAGES" / "messages.po"
        if not file.is_file():
            return self.setdefault(asked, Translations())
        with file.open("rb") as lines, BytesIO() as compiled:
            write_mo(compiled, read_po(lines, locale=shipped(asked[0])))
            compiled.seek(0)
            return self.setdefault(asked, Translations(compiled))


CATALOGUES = Catalogues()


def init_languages(app: Flask, settings: Settings) -> None:
    """Bind Flask-Babel; its catalogues are in `board/translations/`."""
    babel.init_app(
        app,
        default_locale=settings.language,
        default_timezone=settings.timezone,
        locale_selector=choose_locale,
    )
    with app.app_context():
        babel.domain_instance.cache = CATALOGUES
    app.jinja_env.globals.update(
        get_locale=get_locale, page_language=page_language, asked_language=asked_language, text_direction=text_direction
    )


def shipped(asked: str) -> str:
    """Return the shipped language that fits a language tag, as "de" for "de-AT"; empty if there is none."""
    parts = asked[:MAX_ASKED_CHARACTERS].strip().lower().replace("_", "-").split("-")
    for end in range(len(parts), 0, -1):
        if "-".join(parts[:end]) in SHIPPED:
            return "-".join(parts[:end])
    return ""


def choose_locale() -> Locale:
    """Return the language of what is being made now."""
    chosen = asked_language() or language_of_site(_site_asked())
    if chosen not in WHOLE and has_request_context() and STAFF_PAGES(request.path):
        chosen = FOR_STAFF
    return locale_of(chosen)


@cache
def locale_of(language: str) -> Locale:
    """Return what Babel knows of the language."""
    return Locale.parse(language.replace("-", "_"))


def asked_language() -> str:
    """Return the shipped language that a frame, or a part for a publisher's page, was asked in; or nothing."""
    if not has_request_context():
        return ""
    if inside := request.environ.get(ASKED_KEY):
        return str(inside)
    if TAKES_LANGUAGE(request.path):
        return shipped(request.args.get("language", ""))
    following = _following()
    named = LANGUAGE_IN(following) if LEADS_ON(following) else None
    return shipped(named[1]) if named else ""


def speak_for(site_id: int) -> None:
    """Let this request's page have the language of the site that it turns out to belong to."""
    if g.get("spoken_site") != site_id:
        g.spoken_site = site_id
        refresh()


def language_of_site(site: int | str) -> str:
    """Return the language of the site with this number or short name; the operator's where it has none of its own."""
    languages: Mapping[int | str, str] | None = current_app.extensions.get(SITE_LANGUAGES)
    own = "" if languages is None else languages.get(site, "")
    return own or str(current_app.config["BOARD"].language)


@contextmanager
def speaking(language: str, site: int | str | None = None) -> Iterator[None]:
    """Let a mail be written for the site, in its reader's language; in the site's where they have none."""
    chosen = shipped(language) or language_of_site(site or HOUSE)
    before = _writing_for.set(site)
    try:
        with force_locale(locale_of(chosen)):
            yield
    finally:
        _writing_for.reset(before)


def site_spoken_for() -> int | str:
    """Return the number or short name of the site that the mail or page is from, which may name none there is."""
    return _writing_for.get() or _site_asked()


def page_language() -> str:
    """Return the language as `lang` in HTML has it."""
    return str(get_locale() or "en").replace("_", "-")


def text_direction() -> str:
    """Return "rtl" or "ltr" for the page."""
    return str((get_locale() or Locale("en")).text_direction)


def _site_asked() -> int | str:
    """Return the site that the page belongs to as far as is known: by what was loaded, else by the address."""
    if spoken := g.get("spoken_site"):
        return int(spoken)
    if not has_request_context():
        return HOUSE
    named = SITE_IN(_following())
    return request.args.get("site", "")[:MAX_SITE_CHARACTERS] or (named[1] if named else HOUSE)


def _following() -> str:
    """Return where a log-in or a confirmation leads."""
    return unquote(request.args.get("next", "")[:2000])
