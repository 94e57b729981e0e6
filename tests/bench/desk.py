"""The moderation desk while a tenth of the store waits: its pages, and what each of them asks every few seconds."""

import time
from datetime import timedelta
from http.client import HTTPConnection

from sqlalchemy import update

from board.accounts.models import User
from board.comments.models import Comment
from board.storage import now
from tests.bench.asking import HOST, ask
from tests.bench.figures import at_most
from tests.bench.loading import Loader
from tests.bench.members import sign_in_all
from tests.bench.plan import Scene
from tests.bench.servers import Unusable

DESK_MS = 150
ROUNDS = 15
REPORTED, HELD, OF = (1, 11, 21), (7, 27), 50  # of fifty comments in a row
TEXTS = 9_973
NEW_SHARE = 20  # one of so many members is a newcomer
RECENT_SHARE = 0.06  # of the store was written in the last days
PAGES = {
    "reported": "/moderation",
    "held": "/moderation?queue=held",
    "new members": "/moderation?queue=new",
    "by author": "/moderation?group=author",
    "by text": "/moderation?queue=held&group=text",
    "news": "/moderation/news?since=0",
}


def desk(scene: Scene) -> None:
    """Measure each page of the desk; comes last, because it changes what the store holds."""
    sign_in_all(scene, max(1, len(scene.writers)))
    store = scene.plan.sizes.articles * scene.plan.sizes.comments_each
    let_wait(scene, store)
    waiting = store * len(REPORTED + HELD) // OF
    connection = HTTPConnection(HOST, scene.port, timeout=60)
    cookie = {"Cookie": scene.writers[0].cookies}
    for name, path in PAGES.items():
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            page = ask(connection, "GET", path, headers=cookie)
            times.append((time.perf_counter() - began) * 1000)
            if page.status != 200:
                raise Unusable(f"{path} answers {page.status} to a moderator.")
        scene.run.add(at_most(f"desk, {name}, {scene.database}", times, "ms", DESK_MS, note=f"{waiting:,} wait"))
    connection.close()


def let_wait(scene: Scene, store: int) -> None:
    """Have comments reported and held, some members new, and the first writer moderate."""
    key = (Comment.id * 31) % TEXTS
    in_store, place = Comment.id <= store, Comment.id % OF
    reports = {"report_count": 1 + Comment.id % 3, "report_weight": (Comment.id * 7919) % 500, "text_key": key}
    is_recent = Comment.id > store * (1 - RECENT_SHARE)
    changes = (
        update(User).where(User.id % NEW_SHARE != 0).values(created_at=now() - timedelta(days=400)),
        update(User).where(User.id == scene.writers[0].number).values(role="moderator"),
        update(Comment).where(in_store, place.in_(REPORTED)).values(reports),
        update(Comment).where(in_store, place.in_(HELD)).values(state="held", text_key=key),
        update(Comment).where(in_store, is_recent).values(created_at=now() - timedelta(days=1)),
    )
    for change in changes:
        with scene.engine.begin() as connection:
            connection.execute(change)
    loader = Loader(scene.engine)
    loader.settle()
    loader.tidy()
