"""Author's text to safe HTML, made once when it is written; the only package that imports bleach.

Markdown is read with raw HTML off, cleaned by bleach against a strict allow-list, then cleaned again by nh3
against the same list, because bleach gets no more security releases.

The heavy libraries are imported by the first call, not with this package, so that the server starts quickly.
"""

from board.markup.limits import (
    MAX_ARTICLE_CHARACTERS,
    MAX_SOURCE_CHARACTERS,
    MarkupError,
    TextEmpty,
    TextTooDeep,
    TextTooIntricate,
    TextTooLong,
)
from board.markup.plain import excerpt, plain_text, text_for_xml
from board.markup.source import looks_like_html, normalise

# Goes up whenever the same source would give other HTML, so that stored HTML can be found and made again.
RENDERER_VERSION = 1

__all__ = [
    "MAX_ARTICLE_CHARACTERS",
    "MAX_SOURCE_CHARACTERS",
    "RENDERER_VERSION",
    "MarkupError",
    "TextEmpty",
    "TextTooDeep",
    "TextTooIntricate",
    "TextTooLong",
    "excerpt",
    "html_to_safe",
    "looks_like_html",
    "normalise",
    "plain_text",
    "render_article",
    "render_comment",
    "text_for_xml",
]


def render_comment(source: str) -> str:
    """Turn a comment's Markdown into safe HTML, or raise the MarkupError its author can mend."""
    from board.markup.rendering import comment_html

    return comment_html(source)


def render_article(source: str) -> list[str]:
    """Turn an article's Markdown into its top-level blocks, each safe HTML by itself; raise a MarkupError."""
    from board.markup.rendering import article_blocks

    return article_blocks(source)


def html_to_safe(html: str) -> str:
    """Reduce another system's comment HTML to what a comment may contain; raise a MarkupError."""
    from board.markup.rendering import imported_html

    return imported_html(html)
