"""A signed-in member's page, as their browser gets it: ready bytes, and what is theirs in an overlay."""

import re
from html import unescape

from tests.bench.asking import Page, get
from tests.bench.figures import plain
from tests.bench.plan import Scene
from tests.bench.reads import errors_of, fixed
from tests.bench.servers import Unusable
from tests.bench.stage import thread_name

OVERLAY_RATE = 1_500
OVERLAY = re.compile(r'data-overlay="([^"]+)"')
COMMENT = re.compile(r'id="comment-(\d+)"')
LAID_COOKIE = "overlay=1"  # what the page's script sets where it lays the overlay over ready bytes


def member_page(scene: Scene) -> None:
    """Measure the two requests of a member's browser, and the page that is made for one without a script."""
    writer = scene.writers[0]
    path = scene.thread(thread_name(20))
    page = get(scene.port, path)
    laid = {"Cookie": f"{writer.cookies}; {LAID_COOKIE}"}
    asked = overlay_path(page)
    if 'data-token="' not in get(scene.port, asked, laid).text:
        raise Unusable(f"{asked} holds no token for the member's forms.")
    for name, where, cookie, bar in (
        ("a member's page, from ready bytes", path, laid, None),
        ("a member's overlay", asked, laid, OVERLAY_RATE),
        ("a member's page without a script, made for them", path, {"Cookie": writer.cookies}, None),
    ):
        check = None if bar else is_shared if cookie is laid else has_own_form
        loads = [
            scene.wrk.run(scene.port, [where], scene.plan.read_seconds, check, cookie)
            for _ in range(scene.plan.rounds if bar else 1)
        ]
        rates, note = [load.rate for load in loads], errors_of(loads)
        scene.run.add(fixed(name, rates, bar, note) if bar else plain(name, rates, "/s", note=note.lstrip("; ")))


def overlay_path(page: Page) -> str:
    """Return what the page's script asks for: the overlay of the comments that the page shows."""
    found = OVERLAY.search(page.text)
    if not found:
        raise Unusable("A thread's page names no overlay.")
    path = unescape(found[1])
    glue = "&" if "?" in path else "?"
    return f"{path}{glue}ids={','.join(COMMENT.findall(page.text))}"


def is_shared(page: Page) -> bool:
    """Tell whether the page is the one that everybody gets."""
    return "public" in page.headers.get("cache-control", "")


def has_own_form(page: Page) -> bool:
    """Tell whether the page was made for a member: it holds a token, and no shared cache may keep it."""
    return "csrf_token" in page.text and "private" in page.headers.get("cache-control", "")
