"""No text becomes HTML that runs, fetches, hides or leads astray."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.markup import MarkupError, html_to_safe, render_article, render_comment
from board.markup.cleaning import ARTICLE, COMMENT
from tests.markup.corpus import naughty_strings, payloads
from tests.markup.judge import assert_only_allowed, assert_safe_article, assert_safe_comment

PIECES = st.sampled_from(
    [
        *("[x](", ")", "![", "](", "](<", ">", "<", "</", "/>", "<a href=", "<img src=", "<svg>", "<style>", "<!--"),
        *("javascript:", "data:", "//", "http://", "https://a.example", "mailto:a@b.c", "\\", '"', "'", "`", "```\n"),
        *("*", "**", "_", "~~", "> ", "- ", "1. ", "# ", "\n", "\n\n", "    ", "\t", "[r]", "[r]: ", "www.", "@"),
        *("&", "&#", "&#x3a;", "&colon;", "&lt;", ";", "\x00", "\u202e", "\ud800", "é", "a", " ", "on", "=", "|"),
        *("<a ", "<p>", "<p/", "<b>", "</p>", "<li>", "<pre>", "<code class=highlight>", "<table>", "<math>", "<h1>"),
        *("/media/a.png", "<template>", "<noscript>", "<textarea>", "href=https://a.example ", "```html\n", "\u3000"),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200))
FUZZ = settings(max_examples=200, derandomize=True, database=None)


@pytest.mark.parametrize("payload", payloads() + naughty_strings())
def test_no_payload_survives_in_a_comment(payload: str) -> None:
    for text in (payload, f"before {payload} after", f"> - **{payload}**", f"[{payload}](https://a.example)"):
        _assert_comment_is_safe(text)


@pytest.mark.parametrize("payload", payloads() + naughty_strings())
def test_no_payload_survives_in_an_imported_comment(payload: str) -> None:
    for html in (payload, f"<p>{payload}</p>", f'<a href="{payload}">x</a>', f"<p class='{payload}'>x"):
        _assert_import_is_safe(html)


@pytest.mark.parametrize("payload", payloads() + naughty_strings())
def test_no_payload_survives_in_an_article(payload: str) -> None:
    for text in (payload, f"![{payload}]({payload} '{payload}')", f"## {payload}"):
        _assert_article_is_safe(text)


@given(TEXTS)
@FUZZ
def test_no_text_at_all_survives_in_a_comment(text: str) -> None:
    _assert_comment_is_safe(text)


@given(TEXTS)
@FUZZ
def test_no_html_at_all_survives_an_import(text: str) -> None:
    _assert_import_is_safe(text)


@given(TEXTS)
@FUZZ
def test_no_text_at_all_survives_in_an_article(text: str) -> None:
    _assert_article_is_safe(text)


@pytest.mark.parametrize("payload", payloads())
def test_nh3_alone_would_suffice(payload: str) -> None:
    """The second cleaner is there for the day the first one fails."""
    for html in (payload, f"<p>{payload}</p>", f'<a href="{payload}">x</a>'):
        assert_only_allowed(COMMENT.clean_with_nh3(html))


@pytest.mark.parametrize("payload", payloads())
def test_bleach_alone_would_suffice(payload: str) -> None:
    for html in (payload, f"<p>{payload}</p>", f'<a href="{payload}">x</a>'):
        assert_only_allowed(COMMENT.clean_with_bleach(html))


def _assert_comment_is_safe(text: str) -> None:
    """Render a comment and judge it."""
    _assert_safe_and_settled(lambda: [render_comment(text)], assert_safe_comment, COMMENT.clean)


def _assert_import_is_safe(html: str) -> None:
    """Clean imported HTML and judge it."""
    _assert_safe_and_settled(lambda: [html_to_safe(html)], assert_safe_comment, COMMENT.clean)


def _assert_article_is_safe(text: str) -> None:
    """Render an article and judge each of its blocks alone."""
    _assert_safe_and_settled(lambda: render_article(text), assert_safe_article, ARTICLE.clean)


def _assert_safe_and_settled(
    make: Callable[[], list[str]], judge: Callable[[str], None], clean: Callable[[str], str]
) -> None:
    """Judge what is made, unless it is refused, and see that cleaning it again changes nothing."""
    try:
        made = make()
    except MarkupError:
        return
    for html in made:
        judge(html)
        assert clean(html).strip() == html
