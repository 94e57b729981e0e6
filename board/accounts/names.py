"""Display names: which are allowed, and when two of them look alike."""

import re
import unicodedata
from functools import cache
from itertools import groupby

from flask_babel import gettext as _

MIN_CHARACTERS = 2
MAX_CHARACTERS = 50
MAX_MARKS_IN_A_ROW = 4

# Names that speak for the house, in every form that looks like them; staff may have them.
RESERVED_NAMES = (
    *("admins", "administrators", "root", "sysadmin", "webmaster", "postmaster", "owner"),
    *("mod", "mods", "moderators", "moderation", "moderation team"),
    *("board", "board team", "board support", "staff", "team", "the team", "support", "help", "help desk"),
    *("editor", "editors", "the editor", "editorial", "editorial team", "newsroom", "publisher", "official"),
    *("system", "security", "abuse", "info", "contact", "sponsor", "bot"),
    *("deleted", "deleted user", "removed", "removed user", "erased", "former member", "banned", "unknown"),
    *("anonymous", "guest", "member", "user", "nobody"),
)
# These are reserved as any word of a name.
RESERVED_WORDS = ("admin", "administrator", "moderator")

# Control and format characters, private use, surrogates, unassigned: unseen, or without a look of their own.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
# Fillers and selectors that count as letters, symbols or marks, but show nothing.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)
# Asks for the coloured form of an emoji; phones add it without being told.
_EMOJI_SELECTOR = "\ufe0f"
_MARK_CATEGORIES = frozenset({"Mn", "Me"})
# Accents and vowel points that people leave out or overlook. The signs of Indic, Thai and Japanese writing
# are marks for Unicode too, but as good as letters.
_OVERLOOKED_MARK = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_ADDRESS = re.compile(
    r"\S@\S+\.\w|://|^(?:https?|mailto):|\bwww\.|"
    r"[\w-]{2}\.(?:com|org|net|info|biz|io|co|me|app|dev|xyz|shop|online|site|club|top|live|news|tv|ru|de|uk|br|fr|eu)"
    r"(?:[/:]|$|\s)",
    re.IGNORECASE,
)


class NameRefused(ValueError):
    """A display name that cannot be had; its words are for the person who chose it."""


def clean_display_name(raw: str, *, may_use_reserved: bool = False) -> str:
    """Return the name as it is stored (NFKC, single spaces), or raise NameRefused with what to change."""
    _refuse_wrong_length(raw, most=20 * MAX_CHARACTERS)
    name = " ".join(unicodedata.normalize("NFKC", raw.replace(_EMOJI_SELECTOR, "")).split())
    _refuse_unseen_characters(name)
    _refuse_wrong_length(name)
    _refuse_stacked_marks(name)
    _refuse_nothing_to_call(name)
    _refuse_addresses(name)
    if not may_use_reserved and _is_reserved(name):
        raise NameRefused(_("This name is kept for the people who run this site. Choose another."))
    return name


def lookalike_key(name: str) -> str:
    """Return a key that names have in common when readers would take one for the other.

    The skeleton of Unicode Technical Standard #39 (section 4), made blind to case, accents, spaces and
    punctuation. Since a capital i looks like a small L and is also an i, the key takes i and l for one.
    """
    looks = look_of(name)
    # A name of symbols alone has only its symbols to tell it from others.
    return "".join(c for c in looks if unicodedata.category(c)[0] not in "ZPC") or looks


def look_of(text: str) -> str:
    """Return a text's letters as readers see them, without accents; what is no letter stays."""
    letters = _OVERLOOKED_MARK.sub("", unicodedata.normalize("NFKD", text))
    # Greek ν looks like v and its capital like N. In a name with Latin letters the look counts, and in a
    # Greek name that both are one letter.
    with_latin = re.search("[A-Za-z]", letters) is not None
    return "".join(_look(c) if with_latin else _look_of_either_case(c) for c in letters)


def _is_reserved(name: str) -> bool:
    """Tell whether the name, or one of its words, looks like one that speaks for the house."""
    names, words = _reserved_keys()
    return lookalike_key(name) in names or any(lookalike_key(word) in words for word in name.split())


def _refuse_unseen_characters(name: str) -> None:
    """Refuse what does not show, turns the reading direction round, or has no agreed look."""
    if _UNSEEN.search(name) or any(unicodedata.category(c) in _UNSEEN_CATEGORIES for c in name):
        raise NameRefused(_("The name has characters that cannot be seen. Type it again instead of pasting it."))


def _refuse_wrong_length(name: str, most: int = MAX_CHARACTERS) -> None:
    """Refuse names too short to call or too long to show."""
    if len(name) < MIN_CHARACTERS:
        raise NameRefused(_("Enter a name of at least %(count)s characters.", count=MIN_CHARACTERS))
    if len(name) > most:
        raise NameRefused(_("Enter a name of at most %(count)s characters.", count=MAX_CHARACTERS))


def _refuse_stacked_marks(name: str) -> None:
    """Refuse piles of accents that reach into the lines above and below."""
    decomposed = unicodedata.normalize("NFD", name)
    for is_mark, run in groupby(decomposed, lambda c: unicodedata.category(c) in _MARK_CATEGORIES):
        if is_mark and len(list(run)) > MAX_MARKS_IN_A_ROW:
            raise NameRefused(_("Use at most %(count)s accents on one letter of the name.", count=MAX_MARKS_IN_A_ROW))


def _refuse_nothing_to_call(name: str) -> None:
    """Refuse names without a letter, digit or picture, and names that begin with a loose accent."""
    if unicodedata.category(name[0]) in _MARK_CATEGORIES or not any(
        unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So" for c in name
    ):
        raise NameRefused(_("Use at least one letter or digit in the name."))


def _refuse_addresses(name: str) -> None:
    """Refuse names that are addresses: they would be shown to everybody, and are mostly advertising."""
    if _ADDRESS.search(name):
        raise NameRefused(_("The name looks like an e-mail or web address. Choose one that is not an address."))


@cache
def _reserved_keys() -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of the names, and of the words in names, that only staff may have."""
    words = frozenset(map(lookalike_key, RESERVED_WORDS))
    return words | frozenset(map(lookalike_key, RESERVED_NAMES)), words


def _look(character: str) -> str:
    """Return the look of one letter in lower case: Latin where either of its cases looks Latin."""
    own = _prototype(character)
    return own if own.isascii() else _look_of_either_case(character)


def _look_of_either_case(character: str) -> str:
    """Return the same look for both cases of a letter: a Latin one if there is one, the capital's first."""
    upper, lower = (case if len(case) == 1 else character for case in (character.upper(), character.lower()))
    looks = _prototype(upper), _prototype(upper.lower()), _prototype(lower)
    return next((look for look in looks if look.isascii()), looks[1])


@cache
def _prototype(character: str) -> str:
    """Return the lower case of the character's prototype, whose Latin letters are prototypes again."""
    prototypes = _prototypes()
    look = unicodedata.normalize("NFKD", prototypes.get(character, character)).casefold()
    look = "".join(prototypes.get(c, c) if c.isascii() else c for c in look)
    return _OVERLOOKED_MARK.sub("", look).casefold().replace("i", "l")


@cache
def _prototypes() -> dict[str, str]:
    """Return for each character what Unicode's table of confusable characters says it is to be read as.

    The table of the package lists both directions without saying which is which, but a prototype never has
    a prototype: whoever has one partner that has several is the look-alike, not the original.
    """
    from confusable_homoglyphs.confusables import confusables_data

    partners = {_bare(c): [_bare(p["c"]) for p in found] for c, found in confusables_data.items()}
    return {
        character: found[0]
        for character, found in partners.items()
        if len(character) == 1 and len(found) == 1 and _is_prototype(found[0], character, partners)
    }


def _is_prototype(candidate: str, character: str, partners: dict[str, list[str]]) -> bool:
    """Decide which of two partners is the original; of two that have only each other, the earlier one."""
    if len(candidate) > 1 or len(partners[candidate]) > 1:
        return True
    return ord(candidate) < ord(character)


def _bare(text: str) -> str:
    """Take out the marks that the table puts around right-to-left characters."""
    return text.replace("\u200e", "")
