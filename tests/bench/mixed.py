"""What only shows in the long run or in the whole: mixed load, freshness, memory, start and weight."""

import itertools
import random
import re
import secrets
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

from tests.bench.asking import HOST, ask, get, raw
from tests.bench.driver import Request, drive
from tests.bench.figures import Figure, at_most, percentile, plain, rounded
from tests.bench.plan import Scene
from tests.bench.reads import warm
from tests.bench.servers import BoardServer, serving
from tests.bench.stage import MIXED_BALLOT, thread_name
from tests.bench.writes import CLIENTS, busy_articles, changing_votes, make_devices, post_requests

VOTES_SHARE, POSTS_SHARE = 0.04, 0.01
READ_P99_MS = 20
FLAT_MB = 10  # more than this is not flat
LOOKS = 9  # at the memory, while the load goes on
SEEN_SECONDS = 1.0
WATCHED_SECONDS = 5.0  # at most
CALM_SECONDS = 1.2  # all answers have had the comment for so long: longer than a page is kept unchecked
WATCHERS = 8  # connections, spread over the worker processes
START_SECONDS, MEMORY_MB, WEIGHT_KB = 1.5, 110, 20
ASSET = re.compile(r'<script[^>]+src="([^"]+)"|<link[^>]+rel="stylesheet"[^>]*href="([^"]+)"')


def mixed(scene: Scene) -> None:
    """Measure reads among votes and posts, and whether memory stays."""
    seconds = scene.minutes * 60 or scene.plan.mixed_seconds
    if not scene.devices:
        make_devices(scene)
    posts = post_requests(scene, secrets.token_hex(4), busy_articles(scene))
    warm(scene.port, read_paths(scene))
    before = scene.server.memory_mb()
    with Watch(scene.server, seconds / LOOKS) as watch:
        outcome = drive(scene.port, mixture(scene, posts, changing_votes(scene, MIXED_BALLOT)), CLIENTS, seconds)
    faults = sum(answer.status >= 500 or not answer.status for answer in outcome.answers)
    reads = [answer.seconds * 1000 for answer in outcome.answers if answer.tag == "read"]
    name = f"mixed load, {seconds:g} s, {scene.database}"
    note = "95% reads, 4% votes, 1% posts" + (f"; {outcome.errors()}" if outcome.errors() else "")
    scene.run.add(plain(name, [outcome.rate], "/s", note=note))
    scene.run.add(Figure(f"{name}, faults", faults, "5xx", None, "", "none", faults == 0))
    scene.run.add(at_most(f"{name}, reads p99", [percentile(reads, 0.99)], "ms", READ_P99_MS))
    found = [before, *watch.found, scene.server.memory_mb()]
    scene.run.add(flat(f"{name}, memory", found))


def flat(name: str, found: list[float]) -> Figure:
    """Return the row of memory that should stay: what was there in the end against a third of the way.

    At first a server fills what it keeps: ready pages, connections, the database's own cache.
    """
    warm, last = found[len(found) // 3], found[-1]
    note = "MB on the way: " + ", ".join(f"{value:.0f}" for value in found)
    bar = f"≤ {FLAT_MB} MB more after the first third"
    return Figure(name, rounded(last - warm), "MB more", None, "", bar, last - warm <= FLAT_MB, note=note)


class Watch(threading.Thread):
    """Looks at the server's memory every so many seconds."""

    def __init__(self, server: BoardServer, seconds: float) -> None:
        """Remember what to look at."""
        super().__init__(daemon=True)
        self.found: list[float] = []
        self._server, self._seconds = server, seconds
        self._over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(self._seconds):
            self.found.append(self._server.memory_mb())

    def __enter__(self) -> "Watch":
        """Begin."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self._over.set()
        self.join()


def mixture(scene: Scene, posts: Iterator[Request], votes: Iterator[Request]) -> Iterator[Request]:
    """Yield 95% reads of some hundred threads, 4% votes, 1% posts."""
    dice = random.Random(1)
    reads = [Request(raw(scene.port, "GET", path, {}), "read") for path in read_paths(scene)]
    for number in itertools.count():
        drawn = dice.random()
        if drawn < POSTS_SHARE:
            yield next(posts)
        elif drawn < POSTS_SHARE + VOTES_SHARE:
            yield next(votes)
        else:
            yield reads[number % len(reads)]


def read_paths(scene: Scene) -> list[str]:
    """Return the pages that the mixed load reads."""
    return [scene.thread(f"store-{n}") for n in range(min(100, scene.plan.sizes.in_turn))]


def freshness(scene: Scene) -> None:
    """Measure how long after its posting a comment is on the page of every worker; its author must see it at once."""
    path = f"{scene.thread(thread_name(20))}?sort=newest"
    times = scene.plan.rounds
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
    """Measure the memory of all processes after all that load."""
    note = f"{scene.server.web_processes()} web processes"
    scene.run.add(plain(f"memory after the load (PSS), {scene.database}", [scene.server.memory_mb()], "MB", note=note))


def memory_of_a_small_machine(scene: Scene) -> None:
    """Measure what a machine below 2 GB gets: one web process, after pages of many articles and writes."""
    if not scene.devices:
        make_devices(scene)
    scene.server.environment["BOARD_WORKERS"] = "1"
    with serving(scene.server, "/"):
        for number in range(scene.plan.sizes.in_turn):
            get(scene.port, scene.thread(f"store-{number}"), {"Accept-Encoding": "gzip"})
        posts = post_requests(scene, secrets.token_hex(4), busy_articles(scene))
        drive(scene.port, mixture(scene, posts, changing_votes(scene, MIXED_BALLOT)), CLIENTS, scene.plan.mixed_seconds)
        found = scene.server.memory_mb()
    name = f"memory after the load (PSS), one web process, {scene.database}"
    scene.run.add(at_most(name, [found], "MB", MEMORY_MB, note="the default below 2 GB of memory"))


def weight(scene: Scene) -> None:
    """Measure the scripts and styles that a reader downloads to see a thread."""
    page = get(scene.port, scene.thread(thread_name(20)))
    paths = [script or style for script, style in ASSET.findall(page.text)]
    sizes = {path: len(get(scene.port, path, {"Accept-Encoding": "br, gzip"}).body) for path in paths}
    note = ", ".join(f"{path.rpartition('/')[2].partition('?')[0]} {size / 1000:.1f}" for path, size in sizes.items())
    row = at_most("JS + CSS to show a thread, compressed", [sum(sizes.values()) / 1000], "kB", WEIGHT_KB, note=note)
    scene.run.add(row)
