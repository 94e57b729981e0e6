"""The sentences "3 comments" and "3 new comments" for numbers that only the reader's script will know."""

from functools import cache

from flask_babel import get_locale, ngettext

ENOUGH_NUMBERS = range(201)  # every plural form of every language (CLDR) is met below this


def news_texts() -> dict[str, str]:
    """Return the sentence in each plural form of the page's language, with `#` for the number."""
    return _texts(str(get_locale()))


@cache
def _texts(_locale: str) -> dict[str, str]:
    return {
        name: str(ngettext("%(count)s new comment", "%(count)s new comments", number, count="#"))
        for name, number in _samples().items()
    }


def count_texts() -> dict[str, str]:
    """Return the thread's heading in each plural form of the page's language, with `#` for the number."""
    return _counts(str(get_locale()))


@cache
def _counts(_locale: str) -> dict[str, str]:
    return {
        name: ngettext("%(num)s comment", "%(num)s comments", number).replace(str(number), "#")
        for name, number in _samples().items()
    }


def _samples() -> dict[str, int]:
    """Return a number for each plural form of the page's language."""
    form = get_locale().plural_form
    return {form(number): number for number in reversed(ENOUGH_NUMBERS)}
