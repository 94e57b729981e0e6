"""Reading from ready bytes: first pages against nginx, many articles in turn, counts."""

import json
from collections.abc import Iterator
from statistics import median

from sqlalchemy import select

from board.articles.models import Article
from board.comments.models import Comment
from tests.bench import rivals
from tests.bench.asking import get, raw
from tests.bench.driver import Request, drive
from tests.bench.figures import Figure, at_least, percentile, plain, rounded
from tests.bench.plan import Scene
from tests.bench.stage import thread_name
from tests.bench.wrk import Check, Load

NGINX_SHARE = 0.5  # of nginx's rate on the same bytes
PER_BYTE_SHARE = 0.8  # of the 20-comment page's bytes a second
COLD_RATE, WARM_RATE = 1_000, 20_000
COUNTS_RATE = 20_000
COUNTED = 50
# Rounds of new connections, over which each page is asked for so often: far more than it takes until every web process
# has it, compressed as well as it will be (after 20 requests), however unevenly connections fall to processes.
WARM_ROUNDS, WARM_CONNECTIONS, WARM_TIMES = 4, 16, 16
COUNTS_PATH = "/api/v1/counts"


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


def other_pages(scene: Scene) -> None:
    """Measure the sizes between, for the growth curve."""
    for size in scene.plan.sizes.threads:
        if size in scene.plan.compared:
            continue
        path = scene.thread(thread_name(size))
        scene.wrk.run(scene.port, [path], 1)
        load = scene.wrk.run(scene.port, [path], scene.plan.read_seconds, shows_best_comment(scene, size))
        note = f"{load.mean_bytes / 1000:.1f} kB each{errors_of([load])}"
        scene.run.add(plain(f"first page, {size:,} comments", [load.rate], "/s", note=note))
        scene.run.point("read_rate", size, load.rate)


def alternate(scene: Scene, size: int) -> tuple[list[Load], list[Load]]:
    """Return the loads on Board and on nginx, measured A B A B after a warm-up."""
    path = scene.thread(thread_name(size))
    check = shows_best_comment(scene, size)
    seconds = scene.plan.read_seconds
    scene.wrk.run(scene.port, [path], 1)
    kept = scene.nginx.keep(f"{size}.html", get(scene.port, path))  # as compressed as it is by now
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


def store_in_turn(scene: Scene) -> None:
    """Measure all articles of the store in turn: each for the first time, then from ready bytes."""
    sizes = scene.plan.sizes
    paths = [scene.thread(f"store-{n}") for n in range(sizes.in_turn)]
    about = f"{sizes.in_turn:,} articles of {sizes.comments_each} in turn"
    warm(scene.port, [scene.thread(thread_name(size)) for size in sizes.threads[:2]])  # the processes, not these pages
    cold = drive(scene.port, in_turn(scene.port, paths), 32, 60)
    p99 = percentile((answer.seconds for answer in cold.answers), 0.99) * 1000
    note = f"p99 {rounded(p99):g} ms" + (f"; {cold.errors()}" if cold.errors() else "")
    scene.run.add(fixed(f"{about}, cold", [cold.rate], COLD_RATE, note))
    warm(scene.port, paths)
    loads = [scene.wrk.run(scene.port, paths, scene.plan.read_seconds) for _ in range(scene.plan.rounds)]
    scene.run.add(fixed(f"{about}, warm", [load.rate for load in loads], WARM_RATE, errors_of(loads)))


def warm(port: int, paths: list[str]) -> None:
    """Ask for the pages until every web process has each of them ready."""
    for _ in range(WARM_ROUNDS):
        drive(port, in_turn(port, paths * WARM_TIMES), WARM_CONNECTIONS, 60)


def in_turn(port: int, paths: list[str]) -> Iterator[Request]:
    """Yield a request for each path, once."""
    for path in paths:
        yield Request(raw(port, "GET", path, {}), path)


def counts(scene: Scene) -> None:
    """Measure the comment counts of fifty articles in one request."""
    name = f"counts of {COUNTED} articles"
    asked = f"{COUNTS_PATH}?" + "&".join(f"article_id=store-{n}" for n in range(COUNTED))
    right = {f"store-{n}": scene.plan.sizes.comments_each for n in range(COUNTED)}
    loads = [
        scene.wrk.run(
            scene.port, [asked], scene.plan.read_seconds, lambda page: json.loads(page.text)["counts"] == right
        )
        for _ in range(scene.plan.rounds)
    ]
    scene.run.add(fixed(name, [load.rate for load in loads], COUNTS_RATE, errors_of(loads)))


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
