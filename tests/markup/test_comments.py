"""What a comment's Markdown becomes."""

import sys
import threading

import pytest

from board.markup import RENDERER_VERSION, normalise, render_comment

REL = 'rel="nofollow ugc noopener"'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Hello *you*, **you** and ~~you~~", "<p>Hello <em>you</em>, <strong>you</strong> and <s>you</s></p>"),
        ("one\ntwo\r\nthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("> said\n\nno", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>no</p>"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ('`a<b` & "c"', '<p><code>a&lt;b</code> &amp; "c"</p>'),
        ("# Big *news*", "<p><strong>Big <em>news</em></strong></p>"),
        ("Big\n===", "<p><strong>Big</strong></p>"),
        ("| a | b |\n|---|---|", "<p>| a | b |<br>\n|---|---|</p>"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>"),
        ("wow![1]", "<p>wow![1]</p>"),
        ("I like it.so do I, e.g.this", "<p>I like it.so do I, e.g.this</p>"),
        ("me@example.org", "<p>me@example.org</p>"),
    ],
)
def test_markdown_becomes(source: str, html: str) -> None:
    assert render_comment(source) == html


@pytest.mark.parametrize(
    ("source", "address", "text"),
    [
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&amp;c=2", "https://example.org/a?b=1&amp;c=2"),
        ("www.example.org", "http://www.example.org", "www.example.org"),
        ("mailto:a@example.org", "mailto:a@example.org", "mailto:a@example.org"),
        ("<https://example.org>", "https://example.org", "https://example.org"),
        ("[x](https://example.org 'title')", "https://example.org", "x"),
        ("[x][r]\n\n[r]: https://example.org", "https://example.org", "x"),
        ("![a picture](https://example.org/x.png)", "https://example.org/x.png", "a picture"),
        ("https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com"),
        ("[x](https://bücher.example)", "https://xn--bcher-kva.example", "x"),
    ],
)
def test_addresses_become_links_that_lend_no_weight(source: str, address: str, text: str) -> None:
    assert render_comment(source) == f'<p><a href="{address}" {REL}>{text}</a></p>'


@pytest.mark.parametrize(
    "source",
    ["[x](javascript:alert(1))", "[x](//example.org)", "[x](/logout)", "[x](page)", "[x](#a)", "[x](ftp://a.example)"],
)
def test_other_addresses_stay_text(source: str) -> None:
    assert render_comment(source) == f"<p>{source}</p>"


def test_code_in_a_known_language_has_the_classes_of_pygments() -> None:
    html = render_comment("```python\nprint(1)\n```")
    assert html.startswith('<pre><code class="highlight"><span class="nb">print</span>')


def test_code_in_an_unknown_language_is_plain() -> None:
    assert render_comment("```klingon\nx < y\n```") == "<pre><code>x &lt; y\n</code></pre>"


def test_code_of_too_many_pieces_is_plain_and_whole() -> None:
    html = render_comment("```js\n" + "a+b;" * 300 + "\n```")
    assert "<span" not in html
    assert "a+b;" * 300 in html


def test_arabic_and_hebrew_stay_whole_and_overrides_go() -> None:
    assert render_comment("مرحبا\u200f (שלום)") == "<p>مرحبا\u200f (שלום)</p>"
    assert render_comment("exe.\u202egpj\u202c \u2066x\u2069 &#x202e;y") == "<p>exe.gpj x y</p>"


def test_joined_emoji_and_persian_stay_joined() -> None:
    assert render_comment("👩‍🚀 می‌خواهم") == "<p>👩‍🚀 می‌خواهم</p>"


def test_a_text_is_normalised_once() -> None:
    text = normalise("e\u0301\r\n\x00\x1b[0m\u2028\ud800\ufeffx\ty")
    assert text == "é\n[0m\nx\ty"
    assert normalise(text) == text
    assert text.encode()


def test_threads_do_not_disturb_each_other() -> None:
    sources = [f"{'word ' * n}*a* [b](https://{n}.example) www.example.org `c` <p>" for n in range(8)]
    expected = [render_comment(source) for source in sources]
    wrong: list[str] = []

    def render_often(number: int) -> None:
        try:
            made = [render_comment(sources[number]) for _ in range(30)]
        except Exception as fault:
            made = [repr(fault)]
        wrong.extend(html for html in made if html != expected[number])

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=render_often, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert not wrong


def test_the_version_is_a_number_to_store() -> None:
    assert RENDERER_VERSION >= 1
