"""The sentence "3 new comments" for a number that only the reader's script will know."""

from functools import cache

from flask_babel import get_locale, ngettext

ENOUGH_NUMBERS = range(201)  # every plural form of every language (CLDR) is met below this


def news_texts() -> dict[str, str]:
    """Return the sentence in each plural form of the page's language, with `#` for the number."""
    return _texts(str(get_locale()))


@cache
def _texts(_locale: str) -> dict[str, str]:
    form = get_locale().plural_form
    sample = {form(number): number for number in reversed(ENOUGH_NUMBERS)}
    return {
        name: str(ngettext("%(count)s new comment", "%(count)s new comments", number, count="#"))
        for name, number in sample.items()
    }
