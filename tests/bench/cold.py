"""Pages made anew: their article, thread or ballot has just changed, so that ready bytes will not do."""

import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from statistics import median

from sqlalchemy import select, update

from board.articles.models import Article
from board.comments.models import Thread
from board.storage import now
from tests.bench.asking import HOST, ask
from tests.bench.driver import drive
from tests.bench.figures import at_most, percentile, rounded
from tests.bench.loading import Loader
from tests.bench.members import sign_in_all
from tests.bench.plan import Scene
from tests.bench.reads import find_thread_path
from tests.bench.servers import serving
from tests.bench.stage import QUIET_ARTICLE, fill_store, thread_name
from tests.bench.writes import post_requests

COLD_MS = 15
STALE_SECONDS = 1.1  # after which a kept page is compared with the database again
SAMPLED = 5  # articles of the store, if there are as many
GROWTH_WRITERS, POSTS_EACH_STAGE = 30, 40

Change = Callable[[str], None]  # changes what the pages show; they must then hold the text


def growth_of_store(scene: Scene, loader: Loader) -> None:
    """Measure a page of an article with a hundred comments, and a post, while the store grows around them."""
    with serving(scene.server, "/"):
        scene.thread_path = find_thread_path(scene.port)
        sign_in_all(scene, min(GROWTH_WRITERS, scene.plan.sizes.writers))
        for stage, articles in enumerate(scene.plan.sizes.stages):
            fill_store(loader, scene.plan.sizes, stage)
            loader.settle()
            names = [f"store-{number}" for number in range(min(SAMPLED, articles))]
            pages = cold(scene, [scene.thread(name) for name in names], lambda title, n=names: retitle(scene, n, title))  # type: ignore[misc]
            posting = one_after_the_other(scene, stage)
            stored = articles * scene.plan.sizes.comments_each
            times = [moment for page in pages.times for moment in page]
            note = f"one of {scene.plan.sizes.comments_each}; a post takes {rounded(posting):g} ms{pages.faults_told}"
            name = f"cold page, store of {stored:,}, {scene.database}"
            scene.run.add(at_most(name, times, "ms", COLD_MS, note=note))
            scene.run.point(f"store_{scene.database}", stored, median(times))
            scene.run.point(f"post_{scene.database}", stored, posting)


def one_after_the_other(scene: Scene, stage: int) -> float:
    """Return the median milliseconds of a post when nobody else posts."""
    requests = post_requests(scene, f"stage{stage}", [QUIET_ARTICLE])
    few = (next(requests) for _ in range(POSTS_EACH_STAGE))
    return percentile((answer.seconds * 1000 for answer in drive(scene.port, few, 1, 5).good), 0.5)


def cold_threads(scene: Scene) -> None:
    """Measure the first page of each long thread."""
    sizes = scene.plan.sizes.threads
    names = [thread_name(size) for size in sizes]
    pages = cold(scene, [scene.thread(name) for name in names], lambda title: retitle(scene, names, title))
    for size, times in zip(sizes, pages.times, strict=True):
        scene.run.point(f"cold_{scene.database}", size, median(times))
        note = f"{scene.plan.sizes.stored:,} in the store{pages.faults_told}"
        scene.run.add(at_most(f"cold page, {size:,} comments, {scene.database}", times, "ms", COLD_MS, note=note))


class Cold:
    """What came of it: milliseconds for each page, and how many answers were not new."""

    def __init__(self, count: int) -> None:
        """Begin with nothing."""
        self.times: list[list[float]] = [[] for _ in range(count)]
        self.faults = 0

    @property
    def faults_told(self) -> str:
        """Say how many answers were wrong, if any were."""
        return f"; {self.faults} answers in all were not new" if self.faults else ""


def cold(scene: Scene, paths: Sequence[str], change: Change) -> Cold:
    """Measure how long each page takes after a change that must be seen in the answer."""
    found = Cold(len(paths))
    connection = HTTPConnection(HOST, scene.port, timeout=30)
    for number in range(scene.plan.cold_rounds):
        for path in paths:
            ask(connection, "GET", path)
        change(title := f"Opening night, take {number}")
        time.sleep(STALE_SECONDS)
        for path, times in zip(paths, found.times, strict=True):
            began = time.perf_counter()
            page = ask(connection, "GET", path)
            times.append((time.perf_counter() - began) * 1000)
            found.faults += page.status != 200 or title not in page.text
    connection.close()
    return found


def retitle(scene: Scene, names: Sequence[str], title: str) -> None:
    """Change the articles' titles and their threads' versions."""
    with scene.engine.begin() as connection:
        ids = connection.scalars(select(Article.id).where(Article.external_id.in_(names))).all()
        values = {"title": title, "updated_at": now(), "standfirst": title}
        connection.execute(update(Article).where(Article.id.in_(ids)).values(values))
        connection.execute(update(Thread).where(Thread.article_id.in_(ids)).values(version=Thread.version + 1))
