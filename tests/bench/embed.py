"""What the embed costs a publisher's page, in Chromium: bytes, shifts of the layout, tasks of the main thread.

The page is an article of several screens with the thread and a footer below; a reader scrolls down to its end and up
again, on a processor four times slower. How soon the thread is seen is asked twice, with answers that take short and
long to arrive: what differs is the round trips.
"""

import json
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from tests.bench.asking import get
from tests.bench.far import far
from tests.bench.figures import at_most, skipped
from tests.bench.plan import Scene
from tests.bench.stage import thread_name

SLOWER = 4
NEAR_MS, FAR_MS = 100, 500  # round trips
STEPS, STEP_PIXELS, STEP_MS = 24, 400, 120
MAX_LOADER_KB, MAX_WEIGHT_KB, MAX_TASK_MS = 2.048, 25.0, 50.0
WATCH = """
  window.shifts = []; window.tasks = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => shifts.push(one.hadRecentInput ? 0 : one.value)))
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => tasks.push(one.duration)))
    .observe({ type: "longtask", buffered: true });
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An article</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 1rem auto; max-inline-size: 40rem; font: 18px/1.6 serif }} p {{ min-block-size: 12rem }}
board-thread:not(:defined) {{ display: block; min-height: 100vh }}</style>
<script async src="{board}/embed.js"></script></head><body><h1>An article</h1>{above}
<board-thread article-id="{article_id}"></board-thread><h2>And then</h2>{below}<footer>The end</footer></body></html>"""
PAINTED = """() => new Promise((done) => new PerformanceObserver((list, watch) => {
  const first = list.getEntriesByName("first-contentful-paint")[0];
  if (first) { watch.disconnect(); done(first.startTime - performance.getEntriesByType("navigation")[0].responseEnd); }
}).observe({ type: "paint", buffered: true }))"""
LOOKS, COMMENTS = 3, 200
TEXT = "<p>The curtain rises.</p>" * 8


@dataclass(frozen=True)
class Cost:
    """What one visit cost."""

    loader_kb: float
    weight_kb: float  # scripts and style sheets that a reader downloads to see the thread, the loader among them
    shift: float
    longest_task_ms: float  # 0 where none was long
    height: float  # of the thread, to see that it was there


def embed(scene: Scene) -> None:
    """Measure one visit to a page with a thread, and how soon it is seen."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS
    from tests.browser.embedding.publisher import publishing

    if CHROMIUM is None:
        scene.run.add(skipped("embed", "no Chromium"))
        return
    with publishing("publisher.localhost") as pages, sync_playwright() as playwright:
        with scene.engine.begin() as connection:
            connection.execute(text("UPDATE site SET origins = :origins"), {"origins": json.dumps([pages.url])})
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        cost = visit(browser, pages, f"http://board.localhost:{scene.port}", thread_name(COMMENTS))
        trips = round_trips(browser, pages, scene.port, thread_name(COMMENTS))
        browser.close()
    scene.run.add(at_most("embed: loader", [cost.loader_kb], "kB", MAX_LOADER_KB))
    scene.run.add(at_most("embed: scripts and styles", [cost.weight_kb], "kB", MAX_WEIGHT_KB))
    scene.run.add(at_most("embed: cumulative layout shift", [cost.shift], "", 0.0))
    note = f"from the frame's document to its first paint, by what {NEAR_MS} and {FAR_MS} ms make of it"
    scene.run.add(at_most("embed: round trips until the thread is seen", [round(trips, 1)], "", 1.0, note=note))
    note = f"{SLOWER} × slower processor; thread {cost.height:.0f} px high"
    scene.run.add(
        at_most("embed: longest task of the page around", [cost.longest_task_ms], "ms", MAX_TASK_MS, note=note)
    )


def visit(browser: Any, pages: Any, board_url: str, article_id: str, above: str = TEXT) -> Cost:
    """Read the page to its end and back, and return what that cost."""
    url = pages.hang("/cost", PAGE.format(board=board_url, article_id=article_id, above=above, below=TEXT))
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.add_init_script(WATCH)
    loaded: set[str] = set()
    page.on("request", lambda one: loaded.add(one.url) if one.resource_type in {"script", "stylesheet"} else None)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="commit")
    page.wait_for_function("!!customElements.get('board-thread')")
    for direction in (1, -1):
        for _step in range(STEPS):
            page.mouse.wheel(0, direction * STEP_PIXELS)
            page.wait_for_timeout(STEP_MS)
    frame = page.locator("board-thread iframe").content_frame
    frame.locator("#comments").wait_for()
    seen = page.evaluate("({ shift: shifts.reduce((a, b) => a + b, 0), task: Math.max(0, ...tasks) })")
    height = page.locator("board-thread").bounding_box()["height"]
    context.close()
    ours = [one for one in loaded if one.startswith(board_url)]
    sizes = {one: compressed_size(one) for one in ours}
    loader = next(size for one, size in sizes.items() if one.endswith("/embed.js"))
    weight = sum(sizes.values())
    return Cost(loader / 1000, weight / 1000, round(seen["shift"], 4), seen["task"], height)


def round_trips(browser: Any, pages: Any, port: int, article_id: str) -> float:
    """Return how many round trips lie between the frame's document and its first paint, which shows the thread."""
    took = {}
    for round_trip_ms in (NEAR_MS, FAR_MS):
        with far(port, round_trip_ms) as far_port:
            board_url = f"http://board.localhost:{far_port}"
            url = pages.hang("/far", PAGE.format(board=board_url, article_id=article_id, above="", below=""))
            took[round_trip_ms] = median([paint_ms(browser, url) for _time in range(LOOKS)])
    return (took[FAR_MS] - took[NEAR_MS]) / (FAR_MS - NEAR_MS)


def paint_ms(browser: Any, url: str) -> float:
    """Return how long after its document's last byte the frame painted first, to somebody who was never there."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(url)
    comments = page.locator("board-thread iframe").content_frame.locator("#comments")
    comments.wait_for()
    painted = comments.evaluate(PAINTED)
    context.close()
    return float(painted)


def compressed_size(url: str) -> int:
    """Return the bytes of an answer as browsers get it over TLS; over plain HTTP they do not ask for brotli."""
    parts = urlsplit(url)
    answer = get(parts.port or 80, f"{parts.path}?{parts.query}", {"Accept-Encoding": "br"})
    return len(answer.body)
