"""What an article's Markdown becomes."""

from board.markup import render_article


def test_an_article_is_a_list_of_its_top_level_blocks() -> None:
    blocks = render_article("# One\n\nTwo *too*\n\n- three\n\n  more\n- four\n\n> five\n\n***\n\n#### Six")
    assert blocks[:2] == ["<h2>One</h2>", "<p>Two <em>too</em></p>"]
    assert [block[:4] for block in blocks[2:]] == ["<ul>", "<blo", "<hr>", "<h4>"]


def test_an_empty_article_has_no_blocks() -> None:
    assert render_article(" \n\n[r]: https://example.org\n") == []


def test_a_reference_serves_every_block() -> None:
    blocks = render_article("[a][r]\n\n[b][r]\n\n[r]: https://example.org")
    assert all('<a href="https://example.org" rel="noopener">' in block for block in blocks)


def test_a_picture_of_this_site_alone_is_a_figure_with_its_caption() -> None:
    assert render_article('![A <stage>](/media/2026/stage.jpg "Opening & night")') == [
        '<figure><img src="/media/2026/stage.jpg" alt="A &lt;stage&gt;" loading="lazy">'
        "<figcaption>Opening &amp; night</figcaption></figure>"
    ]


def test_pictures_from_elsewhere_are_links() -> None:
    assert render_article("![A stage](https://example.org/stage.jpg)") == [
        '<p><a href="https://example.org/stage.jpg" rel="noopener">A stage</a></p>'
    ]


def test_editors_may_link_within_the_site_and_to_no_other_scheme() -> None:
    assert render_article("[a](/articles/x) [b](//example.org) [c](javascript:x)") == [
        '<p><a href="/articles/x" rel="noopener">a</a> [b](//example.org) [c](javascript:x)</p>'
    ]
