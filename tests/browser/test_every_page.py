"""Every main page in light and dark, on a phone and on a desk: no serious fault for axe, nothing to scroll sideways."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from tests.browser.conftest import Server, open_page, sign_in
from tests.browser.scene import Scene

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SERIOUS = """() => axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS: tuple[tuple[int, str], ...] = ((320, "light"), (1280, "dark"), (320, "dark"), (1280, "light"))
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" + "x" * 60

PAGES = {
    "": [
        "/", "{article}", "{gated}", "{members}", "{article}/thread", "{article}/comments", "{gated}/unlock",
        "/comments/{comment}/replies", "/members/1", "/ballots/{ballot}", "/ballots/{ballot}/results",
        "/ballots/{ranked}/results", "/ballots/{scored}/results", "/ballots/{ranked}/integrity",
        "/ballots/{ranking}", "/ballots/{scoring}",
        "/comments/{comment}/reports", "/comments/{comment}/notices",
        "/login", "/register", "/register/sent", "/reset", "/confirm", "/no-such-page",
    ],
    "member": [
        "{article}", "/account", "/account/name", "/account/email", "/account/password", "/account/security",
        "/account/removal", "/account/decisions", "/account/quiet", "{article}/hiding",
        "/comments/{comment}/reports", "/logout",
    ],
    "moderator": [
        "/moderation", "/moderation?group=author", "/moderation?group=text", "/moderation?queue=held",
        "/moderation?queue=new", "/moderation?queue=removed", "/moderation/decisions", "/moderation/comments/{comment}",
        "/moderation/appeals", "/moderation/notices", "/moderation/domains", "/moderation/transparency",
        "/moderation/search", "/moderation/search?words=quoted", "/moderation/search?member=nobody&since=x",
        "/moderation/search?words=nowheretobefound", "/moderation/members/2/removals",
        "/moderation/domains/sanctions?domain=example.org", "/moderation/members/1", "/moderation/log",
        "/comments/{comment}/removal", "/comments/{comment}/history"],
    "editor": [
        "/moderation/members/1/sanctions", "/manage/sites/1/reasons", "/manage/sites/1/reasons/new",
        "/manage", "/manage/articles", "/manage/articles/new", "/manage/articles/1", "/manage/ballots",
        "/manage/ballots/new", "/manage/ballots/{ballot}",
        "/manage/ballots/{ranking}/write-ins", "/manage/sponsors", "/manage/subscribers",
    ],
    "admin": ["/manage/sites", "/manage/sites/new", "/manage/members", "/manage/members/new"],
}  # fmt: skip


@pytest.fixture(scope="module")
def names(scene: Scene) -> dict[str, Any]:
    """Set a full scene; return what the addresses name."""
    videos = "https://vimeo.com/76979871 | The cast at work"
    article = scene.article(title=LONG, byline=LONG, standfirst="Short.", videos=videos)
    author = scene.member("W" * 40)
    comment = scene.comment(article, author, f"{LONG * 3}\n\n```\n{'code ' * 60}\n```\n\n> quoted")
    above = comment
    for number in range(8):
        above = scene.comment(article, author, f"Level {number + 1}.", above)
    scene.report(comment, by=scene.member("Rita Reader"))
    return {
        "article": article,
        "comment": comment,
        "ballot": scene.ballot(article, options=[LONG, "Short"], sponsor=LONG[:100]),
        "ranked": scene.result(article, "ranked", options=[LONG, "Short", "Shorter", "Shortest"]),
        "scored": scene.result(article, "score", options=[LONG, "Short"]),
        "ranking": scene.ballot(article, options=[LONG, f"Short | {LONG}"], method="ranked", takes_write_ins=True),
        "scoring": scene.ballot(article, options=[LONG, "Short"], method="score", option_order="random"),
        "gated": scene.article(gate="email", gate_after_blocks="2"),
        "members": scene.article(gate="members", gate_after_blocks="2"),
    }


@pytest.fixture(scope="module", params=list(PAGES), ids=lambda role: role or "reader")
def person(request: pytest.FixtureRequest, chromium: Any, server: Server, scene: Scene) -> Iterator[tuple[str, Any]]:
    """Open a window for a reader, and for somebody of each role."""
    for window in open_page(chromium, server, javascript=True, bypass_csp=False):
        if request.param:
            sign_in(window, scene.member("Quinn Quick", request.param))
        yield request.param, window


def test_every_page_suits_everybody(person: tuple[str, Any], names: dict[str, Any]) -> None:
    role, page = person
    faults = []
    for path in PAGES[role]:
        page.goto(path.format(**names))
        page.evaluate(AXE)
        for width, scheme in LOOKS[: 4 if path == "{article}" else 2]:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [f"{path} at {width} px, {scheme}: {fault}" for fault in page.evaluate(SERIOUS)]
            if (overhang := page.evaluate(SIDEWAYS)) > 0:
                faults.append(f"{path} at {width} px scrolls sideways by {overhang} px")
    assert not faults, "\n".join(faults)
