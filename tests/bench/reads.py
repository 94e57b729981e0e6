"""Reading: first pages against nginx, cold pages, a thousand articles in turn, counts, and a member's page."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import median

from sqlalchemy import select, update

from board.articles.models import Article
from board.comments.models import Comment, Thread
from board.storage import now
from tests.bench import rivals
from tests.bench.asking import HOST, Page, ask, get, raw
from tests.bench.driver import Request, drive
from tests.bench.figures import Figure, at_least, at_most, percentile, plain, rounded, skipped
from tests.bench.plan import Scene
from tests.bench.stage import thread_name
from tests.bench.wrk import Check, Load

NGINX_SHARE = 0.5  # of nginx's rate on the same bytes
PER_BYTE_SHARE = 0.8  # of the 20-comment page's bytes a second
COLD_MS = 15
COLD_RATE, WARM_RATE = 1_000, 20_000
COUNTS_RATE, OVERLAY_RATE = 20_000, 1_500
COUNTED = 50
STALE_SECONDS = 1.1  # after which a kept page is compared with the database again
COUNTS_PATHS = ("/api/v1/counts", "/counts")  # asked with ?article=…&article=…


def first_pages(scene: Scene) -> None:
    """Measure each thread's first page, Board and nginx in turn."""
    base: tuple[float, float] | None = None  # rate and bytes of the smallest thread
    for size in scene.plan.compared:
        board, limit = alternate(scene, size)
        rates, limits = [load.rate for load in board], [load.rate for load in limit]
        size_of = board[0].mean_bytes
        note = f"{size_of / 1000:.1f} kB each{errors_of(board)}"
        name = f"first page, {size:,} comments"
        scene.run.add(at_least(name, rates, "/s", median(limits), "nginx", NGINX_SHARE, note=note))
        scene.run.point("read_rate", size, median(rates))
        if base is None:
            base = median(rates), size_of
            scene.run.add(rivals.as_fast_here(name, median(rates), median(limits)))
        else:
            per_byte = [rate * size_of / 1e6 for rate in rates]
            against = "the 20-comment page's bytes/s"
            row = at_least(f"{name}, bytes", per_byte, "MB/s", base[0] * base[1] / 1e6, against, PER_BYTE_SHARE)
            scene.run.add(row)


def alternate(scene: Scene, size: int) -> tuple[list[Load], list[Load]]:
    """Return the loads on Board and on nginx, measured A B A B after a warm-up."""
    path = scene.thread(thread_name(size))
    page = get(scene.port, path)
    kept = scene.nginx.keep(f"{size}.html", page)
    check = shows_best_comment(scene, size)
    seconds = scene.plan.read_seconds
    scene.wrk.run(scene.port, [path], 1)
    board, limit = [], []
    for _ in range(scene.plan.rounds):
        board.append(scene.wrk.run(scene.port, [path], seconds, check))
        limit.append(scene.wrk.run(scene.nginx.port, [kept], seconds))
    return board, limit


def shows_best_comment(scene: Scene, size: int) -> Check:
    """Return a check that the comment which the database says is best is on the page."""
    with scene.engine.connect() as connection:
        best = connection.scalar(
            select(Comment.id)
            .join(Article, Article.id == Comment.article_id)
            .where(Article.external_id == thread_name(size), Comment.parent_id.is_(None), Comment.is_listed)
            .order_by(Comment.rank.desc(), Comment.id.desc())
            .limit(1)
        )
    return lambda page: f'id="comment-{best}"' in page.text


def cold_pages(scene: Scene) -> None:
    """Measure how long one page takes that must be made anew: its article and its thread have just changed.

    The new title must be in the answer, so a page from ready bytes counts as an error.
    """
    times: dict[int, list[float]] = {size: [] for size in scene.plan.sizes.threads}
    faults = 0
    connection = HTTPConnection(HOST, scene.port, timeout=30)
    for number in range(scene.plan.cold_rounds):
        for size in times:
            ask(connection, "GET", scene.thread(thread_name(size)))
        touch(scene, title := f"Opening night, take {number}")
        time.sleep(STALE_SECONDS)
        for size, found in times.items():
            began = time.perf_counter()
            page = ask(connection, "GET", scene.thread(thread_name(size)))
            found.append((time.perf_counter() - began) * 1000)
            faults += page.status != 200 or title not in page.text
    connection.close()
    for size, found in times.items():
        scene.run.point(f"cold_{scene.database}", size, median(found))
        note = f"{scene.plan.sizes.stored:,} in the store"
        if faults:
            note += f"; {faults} answers in all were not new"
        scene.run.add(at_most(f"cold page, {size:,} comments, {scene.database}", found, "ms", COLD_MS, note=note))


def touch(scene: Scene, title: str) -> None:
    """Change every large thread's version, and its article's title."""
    articles = range(1, len(scene.plan.sizes.threads) + 1)
    with scene.engine.begin() as connection:
        connection.execute(
            update(Article).where(Article.id.in_(articles)).values(title=title, updated_at=now(), standfirst=title)
        )
        connection.execute(update(Thread).where(Thread.article_id.in_(articles)).values(version=Thread.version + 1))


def store_in_turn(scene: Scene) -> None:
    """Measure all articles of the store in turn: each for the first time, then from ready bytes."""
    sizes = scene.plan.sizes
    paths = [scene.thread(f"store-{n}") for n in range(sizes.articles)]
    about = f"{sizes.articles:,} articles of {sizes.comments_each} in turn"
    cold = drive(scene.port, in_turn(scene.port, paths), 32, 60)
    p99 = percentile((answer.seconds for answer in cold.answers), 0.99) * 1000
    note = f"p99 {rounded(p99):g} ms" + (f"; {cold.errors()}" if cold.errors() else "")
    scene.run.add(fixed(f"{about}, cold", [cold.rate], COLD_RATE, note))
    loads = [scene.wrk.run(scene.port, paths, scene.plan.read_seconds) for _ in range(scene.plan.rounds)]
    scene.run.add(fixed(f"{about}, warm", [load.rate for load in loads], WARM_RATE, errors_of(loads)))


def in_turn(port: int, paths: list[str]) -> Iterator[Request]:
    """Yield a request for each path, once."""
    for path in paths:
        yield Request(raw(port, "GET", path, {}), path)


def counts(scene: Scene) -> None:
    """Measure the comment counts of fifty articles in one request."""
    name = f"counts of {COUNTED} articles"
    query = "&".join(f"article=store-{n}" for n in range(COUNTED))
    found = next((path for path in COUNTS_PATHS if get(scene.port, f"{path}?{query}").status == 200), None)
    if found is None:
        scene.run.add(skipped(name, "there is no such answer yet", f"≥ {COUNTS_RATE:,} /s"))
        return
    each = str(scene.plan.sizes.comments_each)
    loads = [
        scene.wrk.run(scene.port, [f"{found}?{query}"], scene.plan.read_seconds, lambda page: each in page.text)
        for _ in range(scene.plan.rounds)
    ]
    scene.run.add(fixed(name, [load.rate for load in loads], COUNTS_RATE, errors_of(loads)))


def member_page(scene: Scene, overlay_path: str | None) -> None:
    """Measure what a signed-in member's browser asks for: the overlay if there is one, and the whole page."""
    writer = scene.writers[0]
    cookie = {"Cookie": writer.cookies}
    path = scene.thread(thread_name(20))
    loads = [scene.wrk.run(scene.port, [path], scene.plan.read_seconds, has_own_form, cookie)]
    row = plain(
        "a member's page, 20 comments, made for them", [load.rate for load in loads], "/s", note=errors_of(loads)
    )
    scene.run.add(row)
    if overlay_path is None or get(scene.port, overlay_path, cookie).status != 200:
        scene.run.add(skipped("a member's overlay", "there is no such answer yet", f"≥ {OVERLAY_RATE:,} /s"))
        return
    loads = [
        scene.wrk.run(scene.port, [overlay_path], scene.plan.read_seconds, None, cookie)
        for _ in range(scene.plan.rounds)
    ]
    scene.run.add(fixed("a member's overlay", [load.rate for load in loads], OVERLAY_RATE, errors_of(loads)))


def has_own_form(page: Page) -> bool:
    """Tell whether the page was made for a member: it holds a token, and no shared cache may keep it."""
    return "csrf_token" in page.text and "private" in page.headers.get("cache-control", "")


def fixed(name: str, rates: list[float], bar: float, note: str = "") -> Figure:
    """Return the row of a rate whose bar is a number."""
    row = at_least(name, rates, "/s", bar, f"{bar:,} /s", 1, note=note.lstrip("; "))
    row.bar = f"≥ {bar:,} /s"
    return row


def errors_of(loads: list[Load]) -> str:
    """Return how many answers were wrong, if any were."""
    wrong = sum(load.errors for load in loads)
    return f"; {wrong} wrong answers" if wrong else ""


def find_thread_path(port: int) -> str:
    """Return the form of a thread's address: the thread alone where there is such a page, else the article's page."""
    alone = "/articles/{}/thread"
    return alone if get(port, alone.format(thread_name(20))).status == 200 else "/articles/{}"
