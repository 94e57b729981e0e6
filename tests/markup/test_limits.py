"""Texts that would cost too much, or show nothing, are refused in words their author understands."""

import time

import pytest

from board.markup import (
    MAX_SOURCE_CHARACTERS,
    MarkupError,
    TextEmpty,
    TextTooDeep,
    TextTooIntricate,
    TextTooLong,
    html_to_safe,
    render_article,
    render_comment,
)
from board.markup.limits import MAX_NESTED_LEVELS

# The promise is 150 ms; what else the machine does must not fail the test, a quadratic text would by far.
MOST_SECONDS = 0.3

_UNITS = (
    *("> ", ">", "- ", "* ", "1. ", "*", "**", "_", "***", "`", "`` `", "[", "]", "![", "[](", "[a](", "[a](<", "]("),
    *("[a](http://b.c) ", "[![a](http://b.c)](http://d.e) ", "<", "<http://a.b>", "http://a.b ", "://", "a://b "),
    *("x:y://z ", "www.", "www.a ", "http://%", "mailto:a@b ", "a@b ", "&", "&amp;", "&#x41;", "\\", "~~", "~~~\n"),
    *("a\n", "a  \n", "- a\n", "> a\n\n", "# a\n", "a\n=\n", "---\n", "```\n", "    a\n", "[a]: b\n", "*a* ", "a**b"),
    *("*a **b ", "`a` ", "<!--", "<![CDATA[", "'\"", "(", "|a|b|\n|-|-|\n", "+ a\n\n  b\n", "- a\n - b\n", "> - "),
    *("\u0327\u0301", "😀", "\u2028", "`\n", "*\n*", "***a** b* ", '[a](b "', "[a](http://b.c/(", "{![  @ ", "{!# "),
)
_HOSTILE = {
    **{f"{unit!r} repeated": unit * MAX_SOURCE_CHARACTERS for unit in _UNITS},
    **{
        f"{opening!r} around {closing!r}": opening * (MAX_SOURCE_CHARACTERS // 4) + closing * MAX_SOURCE_CHARACTERS
        for opening in ("[", "![", "*", "**", "_", "`", "~~", "<", "(")
        for closing in ("]", "*", "_", "`", ">", "](x)", ")", "\n", " a")
    },
    "lists at the limit": "".join("  " * (i % 10) + "- a\n" for i in range(3_000)),
    "a quote at the limit, continued lazily": "> " * MAX_NESTED_LEVELS + "a\n" * 5_000,
    "brackets before signs": "http://a.b![- " * 25 + "@" * 10_000,
    "labels whose end is hidden": "[`]`" * 100 + "@" * 10_000,
    "code in colours": "```js\n+-+-(1)\n```\n" * 600,
    "one long line of quotes in code": "```python\n" + '"""' * 3_000,
}
_HOSTILE_HTML = {
    **{
        f"{unit!r} repeated": unit * MAX_SOURCE_CHARACTERS
        for unit in ("<p>", "<a href=http://a.b>x", "<em><p>", "<li>", "<table>", "<svg>", "</p>", "<", "&", "<!--")
    },
    "distinct open elements": "".join(f"<em a{i}=1>" for i in range(700)) + "<p>" * 200,
}


@pytest.mark.parametrize("source", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_markdown_is_rendered_or_refused_in_time(source: str) -> None:
    _assert_in_time(render_comment, source[:MAX_SOURCE_CHARACTERS])


@pytest.mark.parametrize("html", _HOSTILE_HTML.values(), ids=_HOSTILE_HTML.keys())
def test_hostile_html_is_cleaned_or_refused_in_time(html: str) -> None:
    _assert_in_time(html_to_safe, html[:MAX_SOURCE_CHARACTERS])


def test_a_text_of_the_greatest_length_is_rendered() -> None:
    assert render_comment("é" * MAX_SOURCE_CHARACTERS)
    assert render_comment("word\r\n" * (MAX_SOURCE_CHARACTERS // 100) + "x" * 9_000)


@pytest.mark.parametrize("length", [MAX_SOURCE_CHARACTERS + 1, 10 * MAX_SOURCE_CHARACTERS])
def test_a_longer_text_is_refused_with_both_numbers(length: int) -> None:
    with pytest.raises(TextTooLong, match="Shorten it to 10 000") as refusal:
        render_comment("x" * length)
    assert refusal.value.length == length


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "\n\t ",
        "\u200b\u2060",
        "\u3164",
        "\u2800",
        "&nbsp;&#8203;",
        "---",
        "[r]: https://a.example",
        "\x00",
        "**"[:0],
    ],
)
def test_a_text_that_shows_nothing_is_refused(source: str) -> None:
    with pytest.raises(TextEmpty):
        render_comment(source)


@pytest.mark.parametrize(("mark", "levels"), [("> ", 1), ("- ", 2), ("1. ", 2), ("> - ", 3)])
def test_nesting_beyond_the_limit_is_refused_and_never_dropped(mark: str, levels: int) -> None:
    most = MAX_NESTED_LEVELS // levels
    assert "deep" in render_comment(mark * most + "deep")
    for render in (render_comment, render_article):
        with pytest.raises(TextTooDeep):
            render(mark * (most + 1) + "deep")


def test_emphasis_without_end_is_refused() -> None:
    with pytest.raises(TextTooDeep):
        render_comment("*" * 200 + "a" + "*" * 200)


def test_more_formatting_than_anyone_writes_is_refused() -> None:
    with pytest.raises(TextTooIntricate):
        render_comment("`a` " * 1_100)


def test_a_long_pasted_log_is_not_refused() -> None:
    assert render_comment("[12:03:11] worker[3]: GET /a?b=c - 200 (0.3 ms) <none>\n" * 160)


def _assert_in_time(render: object, text: str) -> None:
    """Render a text twice, since the first time may load a library, and look at the time of this thread."""
    assert callable(render)
    seconds = []
    for _ in range(2):
        start = time.thread_time()
        try:
            render(text)
        except MarkupError as refusal:
            assert str(refusal)
        seconds.append(time.thread_time() - start)
    assert min(seconds) < MOST_SECONDS
