"""A text before it is read as Markdown: one form of each character, and none that hide or reorder others."""

import re
import unicodedata

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, and the bidi embeddings, overrides and isolates that make a line read as something else.
# The plain marks U+200E, U+200F and U+061C stay: Arabic and Hebrew need them, and they reorder no letters.
# Surrogates cannot be stored, nor U+0000 in PostgreSQL; U+FEFF and the noncharacters mean nothing in a text.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_HTML_BLOCK = re.compile(r"</(?:p|div|blockquote|ul|ol|pre)\s*>|<br\s*/?>", re.IGNORECASE)
_HTML_INLINE = re.compile(r"<(a|b|i|em|strong|u|s|code)(?:\s[^<>]*)?>[^<]*</\1\s*>", re.IGNORECASE)
_MARKDOWN_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


def normalise(text: str) -> str:
    """Return the text as it is stored and rendered: NFC, LF newlines, no unwanted characters."""
    return strip_unwanted(_NEWLINES.sub("\n", unicodedata.normalize("NFC", text)))


def strip_unwanted(text: str) -> str:
    """Take out control characters and bidi overrides."""
    return _UNWANTED.sub("", text)


def looks_like_html(text: str) -> bool:
    """Tell whether an imported text was written as HTML; tags quoted as Markdown code do not count."""
    outside_code = _MARKDOWN_CODE.sub("", text)
    return bool(_HTML_BLOCK.search(outside_code) or _HTML_INLINE.search(outside_code))
