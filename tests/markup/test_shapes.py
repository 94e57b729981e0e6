"""What is remembered of a text's shape is what bleach would have said of the text itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.markup import render_comment
from board.markup.cleaning import ARTICLE, COMMENT, AllowList

TAGS = [f"<{end}{name}>" for name in ("p", "em", "strong", "s", "ul", "li", "blockquote", "pre") for end in ("", "/")]
OTHERS = ["<br>", "<hr>", "</br>", "<code>", "<a>", "<b>", "<p ", "<!--", "&lt;", "&amp", "<", ">", "\ue000"]
WORDS = ["a", "a b ", " a", "\n", " \n", "\n\na", "\t", "\r", "\x00", "\x0b", "\x7f", "\u00a0", "\u2028", "é", "\"'=/"]
HTML = st.lists(st.sampled_from(TAGS + OTHERS + WORDS) | st.text(max_size=4), max_size=14).map("".join)


@given(HTML)
@settings(max_examples=1500, derandomize=True, database=None, deadline=None)
def test_any_html_is_cleaned_as_bleach_cleans_it(html: str) -> None:
    for rules in (COMMENT, ARTICLE):
        assert rules.clean_with_bleach(html) == rules._ask_bleach(html)


def test_bleach_is_asked_once_for_each_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(rules: AllowList, html: str) -> str:
        asked.append(html)
        return str(rules._bleach.clean(html))

    monkeypatch.setattr(AllowList, "_ask_bleach", note)
    rules = AllowList(COMMENT.elements, COMMENT.attributes, COMMENT.rel)
    assert rules.clean("<p>Bravo <em>all</em>.</p>") == "<p>Bravo <em>all</em>.</p>"
    assert rules.clean("<p>Boo, <em>the rest</em>!</p>") == "<p>Boo, <em>the rest</em>!</p>"
    assert len(asked) == 1


@pytest.mark.parametrize("text", ["[a](https://a.example)", "a & b", "1 < 2", "`x`", "1. a"])
def test_what_has_attributes_or_entities_is_asked_about_each_time(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shaped: list[str] = []
    monkeypatch.setattr(AllowList, "_bleach_shape", lambda _rules, shape: shaped.append(shape))
    assert render_comment(text)
    assert not shaped
