"""Text for mails, search engines and feeds."""

import pytest

from board.markup import excerpt, plain_text, render_comment


def test_plain_text_keeps_lines_and_drops_marks() -> None:
    html = render_comment("*One* & <two>\nthree\n\n- four\n- five\n\n> six")
    assert plain_text(html).split() == ["One", "&", "<two>", "three", "four", "five", "six"]
    assert plain_text(html).startswith("One & <two>\nthree\n")


def test_an_excerpt_is_one_line_cut_between_words() -> None:
    html = "<p>One two three.</p>\n<p>Four five</p>"
    assert excerpt(html) == "One two three. Four five"
    assert excerpt(html, 12) == "One two…"
    assert excerpt(html, 14) == "One two three…"


@pytest.mark.parametrize("limit", [1, 2, 5, 17, 160])
def test_an_excerpt_is_never_longer_than_asked(limit: int) -> None:
    for text in ("x" * 300, "ab " * 100, "e\u0301" * 200, "👩‍🚀" * 90, "한국어 " * 60):
        assert len(excerpt(f"<p>{text}</p>", limit)) <= limit


def test_an_excerpt_does_not_take_letters_apart() -> None:
    assert excerpt("<p>" + "x\u0323\u0301" * 50 + "</p>", 11) == "x\u0323\u0301" * 3 + "…"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Tom &amp; Jerry &lt;3</p>", "Tom & Jerry <3"),
        ("<p> apart </p>", "apart"),
        ("<p></p>", ""),
        ("<p>a<br></p>", "a"),
        ("<p>a</p>\n<p>b</p>", "a\nb"),
        ("<ul><li>a</li></ul>", "a"),
        ("no mark", "no mark"),
        ("", ""),
    ],
)
def test_what_is_one_paragraph_and_what_is_not(html: str, text: str) -> None:
    assert plain_text(html) == text
