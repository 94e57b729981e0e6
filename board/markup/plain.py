"""What a reader sees of safe HTML, as plain text."""

import re
import unicodedata
from html import unescape

_BREAK = re.compile(r"<(?:br|hr|/(?:p|li|ul|ol|blockquote|pre|h[1-6]|figcaption|figure|div))\b[^>]*>\s*")
_TAG = re.compile(r"<[^>]*>")
# Fillers and blanks that count as letters or symbols, but show nothing.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# XML 1.0 has no way to write these.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})


def plain_text(html: str) -> str:
    """Return the text of safe HTML, one line for each paragraph, list item or line break."""
    if html.find("<", 1) == len(html) - 4 and html.startswith("<p>") and html.endswith("</p>"):
        return unescape(html[3:-4]).strip()  # one paragraph of nothing but words, as most comments are
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip()


def excerpt(html: str, limit: int = 160) -> str:
    """Return how safe HTML's text begins, in one line of at most `limit` characters, cut between words."""
    text = " ".join(plain_text(html).split())
    if len(text) <= limit:
        return text
    cut = _whole_letters(text, limit - 1)
    if text[len(cut)].isalnum() and " " in cut[limit // 2 :]:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:.-–—") + "…"


def is_visible(text: str) -> bool:
    """Tell whether a reader would see anything of the text."""
    return any(unicodedata.category(c) not in _UNSEEN_CATEGORIES and c not in _BLANKS for c in text)


def text_for_xml(text: str) -> str:
    """Return the text with a replacement character for each that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _whole_letters(text: str, end: int) -> str:
    """Cut before a letter whose accents or joined parts would be cut off."""
    while end > 0 and (unicodedata.category(text[end]) in ("Mn", "Me", "Mc", "Cf", "Sk") or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]
