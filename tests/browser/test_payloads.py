"""Whatever people type into any field is shown as they typed it, and runs nowhere.

The `page` fixture fails on a script error, a dialog, a broken Content Security Policy and a request to another host.
"""

from typing import Any

from playwright.sync_api import expect

from board.accounts.names import lookalike_key
from tests.browser.conftest import sign_in
from tests.browser.embedding.paper import wait_until
from tests.browser.scene import Scene

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/x.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "{{ 7 * 7 }}",
    "{% raw %}x{% endraw %}",
    "${alert(1)}",
    "#{7*7}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](//evil.example/x.png)",
    "![x](x onerror=alert(1))",
    "<http://evil.example/\" onclick=alert(1)>",
    "`<script>alert(1)</script>`",
    "'; DROP TABLE comment; --",
    "1' OR '1'='1",
    "\\u003cscript\\u003ealert(1)",
    "<math><mtext><style><img src=x onerror=alert(1)>",
    "<form action=//evil.example><button>x</button>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x>",
    "<meta http-equiv=refresh content=0;//evil.example>",
    "Ṱ̺̺ò͖̮ ͙̼invoke",
    "田中さん 👩‍👩‍👧 مرحبا",
]  # fmt: skip
WRITABLE = [text for text in PAYLOADS[:40] if len(text) <= 45 and "evil.example" not in text]  # no name is an address
NAMES = list({lookalike_key(text): text for text in WRITABLE}.values())  # and no two look alike


BREAKS_OUT = ("</script><script>alert(1)</script>", '"><script>alert(1)</script>', "</title><script>alert(1)</script>")


def test_titles_and_options_are_shown_as_typed(scripted_page: Any, scene: Scene) -> None:
    paths = [scene.article(title=text, standfirst=text, byline=text, picture_alt=text) for text in PAYLOADS]
    slug = scene.ballot(paths[0], question=PAYLOADS[9], options=PAYLOADS, sponsor=PAYLOADS[2], disclosure=PAYLOADS[0])
    headlines: list[str] = []
    wait_until(scripted_page, lambda: newest_headline(scripted_page) == PAYLOADS[-1])
    for _page in range(3):
        headlines += scripted_page.locator("h2 a").all_inner_texts()
        if (older := scripted_page.get_by_role("link", name="Older articles")).count():
            older.click()
            scripted_page.wait_for_load_state()
    assert set(PAYLOADS[:40]) <= set(headlines)
    for path, text in [pair for pair in zip(paths, PAYLOADS, strict=True) if pair[1] in BREAKS_OUT]:
        scripted_page.goto(path)
        expect(scripted_page.get_by_role("heading", level=1)).to_have_text(text)
    scripted_page.goto(f"/ballots/{slug}")
    assert scripted_page.locator(".ballot__text").all_inner_texts()[:40] == PAYLOADS[:40]
    expect(scripted_page.locator(".ballot__question")).to_have_text(PAYLOADS[9])
    sign_in(scripted_page, scene.member("Edda Desk", "admin"))
    for desk in ("/manage/articles", "/manage/ballots", f"/manage/ballots/{slug}", "/manage/sponsors"):
        assert scripted_page.goto(desk).status == 200


def newest_headline(page: Any) -> str:
    """Return the first headline of the front page, which may be a second old: somebody may just have asked for it."""
    page.goto("/")
    return str(page.locator("h2 a").first.inner_text())


def test_comments_and_names_run_nowhere(scripted_page: Any, scene: Scene) -> None:
    path = scene.article()
    members = [scene.member(name, exact=True) for name in NAMES]
    numbers = [
        scene.comment(path, members[n % len(members)], f"{text} {n}\n\n{text}") for n, text in enumerate(PAYLOADS)
    ]
    scene.report(numbers[0], by=members[5], note=PAYLOADS[2])
    scripted_page.goto(f"{path}?sort=oldest")
    names = scripted_page.locator(".comment__author").all_inner_texts()
    assert names == NAMES[: len(names)]
    while (more := scripted_page.get_by_role("link", name="More comments")).count():
        shown = scripted_page.locator(".comment").count()
        more.click()
        expect(scripted_page.locator(".comment")).not_to_have_count(shown)
    expect(scripted_page.locator(".comment")).to_have_count(len(PAYLOADS))
    assert scripted_page.locator(".comment__body :is(img, svg, script, iframe, form, math, style)").count() == 0
    sign_in(scripted_page, scene.member("Mona Warden", "admin"))
    profiles = [f"/members/{number}" for number in scene.numbers_of(members[:3])]
    pages = ["/moderation", "/moderation/log", "/manage/members", f"/comments/{numbers[0]}/removal", *profiles]
    for where in pages:
        assert scripted_page.goto(where).status == 200


def test_text_typed_by_a_stranger_comes_back_as_typed(page: Any, scene: Scene) -> None:
    text = "\n".join(PAYLOADS)
    page.goto(scene.article())
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer__preview")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value(text)
