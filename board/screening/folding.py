"""Texts made comparable: the same letters however they are written, and words out of them. All in linear time."""

import re
import unicodedata
from functools import lru_cache

from board.accounts.names import look_of

WORD = re.compile(r"\w+(?:['’]\w+)*")
# With look-alikes, signs that stand for letters are parts of words: "@" for a, "$" for s.
LOOSE_WORD = re.compile(r"[\w@$!|+€£¢]+")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
FORMAT = frozenset({"Cf", "Cc"})
SIGNS = str.maketrans({
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "¢": "c",
})  # fmt: skip
CLOSING = "!|+$"  # at a word's end these mostly are not letters
MAX_SPACED = 40  # letters of a word that is written with spaces between them
NO_SPACES = re.compile(  # scripts that write words without spaces between them
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
)


def folded(text: str) -> str:
    """Return the text in one form: NFKC, no case, nothing unseen inside words."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = "".join(c for c in plain if unicodedata.category(c) not in FORMAT or c in "\n\t")
    return unicodedata.normalize("NFKC", plain.casefold())


def bare(text: str) -> str:
    """Return the folded text without accents and addresses, for comparing whole texts."""
    plain = folded(ADDRESS.sub(" ", text))
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) != "Mn")


def words_in(text: str) -> list[str]:
    """Return the words of a folded text, in order."""
    return WORD.findall(text)


def has_no_spaces(text: str) -> bool:
    """Tell whether the text is of a script that writes words without spaces between them."""
    return NO_SPACES.search(text) is not None


@lru_cache(maxsize=8192)
def look_of_word(word: str) -> str:
    """Return a folded word as it looks: letters for digits and signs, one letter for a row of the same."""
    letters = word.translate(SIGNS) if any(c.isalpha() for c in word) else word
    look = look_of(letters)
    return "".join(c for n, c in enumerate(look) if n == 0 or look[n - 1] != c)


def looks_in(text: str) -> list[tuple[str, ...]]:
    """Return for each word of a folded text what it may be read as; words written l i k e this come at the end."""
    found: list[tuple[str, ...]] = []
    spaced: list[str] = []
    joined: list[str] = []
    for word in LOOSE_WORD.findall(text):
        short = word.rstrip(CLOSING) or word
        found.append(tuple({look_of_word(short[:200]), look_of_word(word[:200])}))
        if len(word) == 1:
            spaced.append(word)
        else:
            joined += _joined(spaced)
            spaced = []
    joined += _joined(spaced)
    # Each stands alone: nothing that follows belongs to its phrase.
    for word in joined:
        found += [(), (look_of_word(word),)]
    return found


def _joined(letters: list[str]) -> list[str]:
    """Return the word that single letters make, also without a first "a" or "I"."""
    word = "".join(letters[:MAX_SPACED])
    return [part for part in (word, word[1:]) if len(part) >= 3]
