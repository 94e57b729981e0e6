"""What only shows in the long run or in the whole: mixed load, freshness, memory, start and weight."""

import itertools
import random
import re
import secrets
import time
from collections.abc import Iterator
from http.client import HTTPConnection

from tests.bench.asking import HOST, ask, get, raw
from tests.bench.driver import Request, drive
from tests.bench.figures import Figure, at_most, percentile, plain, rounded
from tests.bench.plan import Scene
from tests.bench.servers import serving
from tests.bench.stage import MIXED_BALLOT, thread_name
from tests.bench.writes import CLIENTS, busy_articles, post_requests, vote_requests

VOTES_SHARE, POSTS_SHARE = 0.04, 0.01
READ_P99_MS = 20
FLAT_MB = 10  # more than this is not flat
SEEN_SECONDS = 1.0
WATCHED_SECONDS = 5.0  # at most
CALM_SECONDS = 1.2  # all answers have had the comment for so long: longer than a page is kept unchecked
WATCHERS = 8  # connections, spread over the worker processes
START_SECONDS, MEMORY_MB, WEIGHT_KB = 1.5, 110, 20
ASSET = re.compile(r'<script[^>]+src="([^"]+)"|<link[^>]+rel="stylesheet"[^>]*href="([^"]+)"')


def mixed(scene: Scene) -> None:
    """Measure reads among votes and posts, and whether memory stays."""
    streams = post_requests(scene, secrets.token_hex(4), busy_articles(scene)), vote_requests(scene, MIXED_BALLOT)
    before = scene.server.memory_mb()
    outcome = drive(scene.port, mixture(scene, *streams), CLIENTS, scene.plan.mixed_seconds)
    after = scene.server.memory_mb()
    faults = sum(answer.status >= 500 or not answer.status for answer in outcome.answers)
    reads = [answer.seconds * 1000 for answer in outcome.answers if answer.tag == "read"]
    name = f"mixed load, {scene.plan.mixed_seconds:g} s, {scene.database}"
    note = "95% reads, 4% votes, 1% posts" + (f"; {outcome.errors()}" if outcome.errors() else "")
    scene.run.add(plain(name, [outcome.rate], "/s", note=note))
    scene.run.add(Figure(f"{name}, faults", faults, "5xx", None, "", "none", faults == 0))
    scene.run.add(at_most(f"{name}, reads p99", [percentile(reads, 0.99)], "ms", READ_P99_MS))
    grown = after - before
    memory = f"from {before:.0f} to {after:.0f} MB"
    bar = f"≤ {FLAT_MB} MB more"
    scene.run.add(Figure(f"{name}, memory", rounded(grown), "MB more", None, "", bar, grown <= FLAT_MB, note=memory))


def mixture(scene: Scene, posts: Iterator[Request], votes: Iterator[Request]) -> Iterator[Request]:
    """Yield 95% reads of some hundred threads, 4% votes, 1% posts; reads when there is nobody left to vote."""
    dice = random.Random(1)
    count = min(100, scene.plan.sizes.in_turn)
    reads = [Request(raw(scene.port, "GET", scene.thread(f"store-{n}"), {}), "read") for n in range(count)]
    for number in itertools.count():
        drawn = dice.random()
        read = reads[number % count]
        if drawn < POSTS_SHARE:
            yield next(posts)
        elif drawn < POSTS_SHARE + VOTES_SHARE:
            yield next(votes, read)
        else:
            yield read


def freshness(scene: Scene, times: int = 3) -> None:
    """Measure how long after its posting a comment is on the page of every worker; its author must see it at once."""
    path = f"{scene.thread(thread_name(20))}?sort=newest"
    waits, at_once = [], 0
    for number in range(times):
        writer = scene.writers[number]
        mark = f"fresh {secrets.token_hex(6)}"
        watchers = [HTTPConnection(HOST, scene.port, timeout=10) for _ in range(WATCHERS)]
        for watcher in watchers:
            ask(watcher, "GET", path)
        poster = HTTPConnection(HOST, scene.port, timeout=10)
        form = {"csrf_token": writer.token, "body": f"{mark} said", "key": secrets.token_hex(8)}
        cookie = {"Cookie": writer.cookies}
        ask(poster, "POST", f"/articles/{thread_name(20)}/comments", form, cookie)
        posted = time.perf_counter()
        at_once += mark in ask(poster, "GET", path, headers=cookie).text
        waits.append(last_time_without(mark, path, watchers, posted))
        time.sleep(0.2)
    note = f"last answer without it, {WATCHERS} connections; its author saw it at once {at_once} times of {times}"
    row = at_most(f"new comment on every worker's page, {scene.database}", waits, "s", SEEN_SECONDS, note=note)
    row.met = max(waits) <= SEEN_SECONDS and at_once == times
    scene.run.add(row)


def last_time_without(mark: str, path: str, watchers: list[HTTPConnection], since: float) -> float:
    """Return how many seconds after `since` the last answer came in which the mark was not.

    Watching ends when every answer has had it for a while.
    """
    last = since
    while (moment := time.perf_counter()) - since < WATCHED_SECONDS and moment - last < CALM_SECONDS:
        for watcher in watchers:
            if mark not in ask(watcher, "GET", path).text:
                last = time.perf_counter()
        time.sleep(0.01)
    return last - since


def start_up(scene: Scene) -> None:
    """Measure the time from the command to the first answer, on a machine that has done it before."""
    path = f"/articles/{thread_name(20)}"
    found = []
    for _ in range(scene.plan.starts):
        with serving(scene.server, path):
            found.append(scene.server.started_in)
    scene.run.add(at_most(f"start to first answer, {scene.database}", found, "s", START_SECONDS))


def memory(scene: Scene) -> None:
    """Measure the memory after all that load."""
    bar = MEMORY_MB
    row = at_most(f"memory after the load (PSS), {scene.database}", [scene.server.memory_mb()], "MB", bar)
    if scene.database != "SQLite":  # the bar is for the small machine's default
        row.bar, row.met, row.ratio, row.against = "", None, None, ""
    scene.run.add(row)


def weight(scene: Scene) -> None:
    """Measure the scripts and styles that a reader downloads to see a thread."""
    page = get(scene.port, scene.thread(thread_name(20)))
    paths = [script or style for script, style in ASSET.findall(page.text)]
    sizes = {path: len(get(scene.port, path, {"Accept-Encoding": "br, gzip"}).body) for path in paths}
    note = ", ".join(f"{path.rpartition('/')[2].partition('?')[0]} {size / 1000:.1f}" for path, size in sizes.items())
    row = at_most("JS + CSS to show a thread, compressed", [sum(sizes.values()) / 1000], "kB", WEIGHT_KB, note=note)
    scene.run.add(row)
