"""What other systems' comment HTML becomes."""

import pytest

from board.markup import html_to_safe, looks_like_html


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello</p>",
        "one<br>two",
        "one<BR />two",
        'see <a href="https://example.org">this</a>',
        "<i>so</i>",
        "<div>x</div>",
    ],
)
def test_html_is_known_by_its_tags(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "a < b and c > d",
        "<https://example.org>",
        "use `<br>` here",
        "```html\n<p>x</p>\n```",
        "I <3 you",
        "<top>",
    ],
)
def test_markdown_is_not_taken_for_html(text: str) -> None:
    assert not looks_like_html(text)


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>a<br>b</p><p></p><p>c</p>", "<p>a<br>b</p><p>c</p>"),
        ("<h3>Title</h3><div>text</div>", "<p>Title</p><p>text</p>"),
        ("<p><b>a</b> <I class=x>b</I> <del>c</del></p>", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style>", "<p>a</p>"),
        ("<p><u>a</u> <spoiler>b</spoiler></p>", "<p>a b</p>"),
        ('<p><a href="/x">a</a> <a>b</a></p>', "<p>a b</p>"),
        (
            "<p><img src='https://example.org/x.png' onerror=x></p>",
            '<p><a href="https://example.org/x.png" rel="nofollow ugc noopener">https://example.org/x.png</a></p>',
        ),
    ],
)
def test_html_is_reduced_to_what_a_comment_may_have(html: str, clean: str) -> None:
    assert html_to_safe(html) == clean
