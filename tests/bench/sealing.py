"""Sealing a large ballot's votes into the ledger, as the server's worker does it while people go on voting."""

import threading
import time
from http.client import HTTPConnection

from sqlalchemy import func, select

from board.ballots.ledger.models import Seal
from board.ballots.voters import DEVICE_COOKIE
from tests.bench.asking import HOST, ask, get
from tests.bench.figures import at_most, percentile
from tests.bench.members import token_in
from tests.bench.plan import Scene
from tests.bench.stage import ballot_name
from tests.bench.writes import VOTE_P99_MS, option_of

SECONDS_A_MILLION = 60
PATIENCE_SECONDS = 300
BETWEEN_VOTES_SECONDS = 0.03
POLL_SECONDS = 0.1


def sealing(scene: Scene) -> None:
    """Measure how long the votes that wait take, from the server's start, and how long a vote takes meanwhile.

    What follows is then measured with a worker that has nothing left to do.
    """
    size = scene.plan.sizes.ballots[-1]
    name = f"sealing {size:,} votes, {scene.database}"
    began = time.perf_counter()
    voting = OneByOne(scene, size)
    with voting:
        while (sealed := count_sealed(scene, size)) < size and time.perf_counter() - began < PATIENCE_SECONDS:
            time.sleep(POLL_SECONDS)
    seconds, limit = time.perf_counter() - began, max(5, SECONDS_A_MILLION * size / 1_000_000)
    note = "while people vote" if sealed >= size else f"ONLY {sealed:,} were sealed"
    row = at_most(name, [seconds], "s", limit, note=note)
    row.met = bool(row.met and sealed >= size)
    scene.run.add(row)
    if voting.times:
        note = f"{len(voting.times)} votes one by one, {voting.faults} not taken"
        p99 = percentile(voting.times, 0.99) * 1000
        scene.run.add(
            at_most(f"vote while votes are sealed, {scene.database}, p99", [p99], "ms", VOTE_P99_MS, note=note)
        )


def count_sealed(scene: Scene, size: int) -> int:
    """Return how many of the ballot's votes the newest seal covers."""
    newest = select(func.max(Seal.total)).where(Seal.ballot_id == scene.ballot_id(size))
    with scene.engine.connect() as connection:
        return connection.scalar(newest) or 0


class OneByOne(threading.Thread):
    """A queue of readers, each of whom votes once in the ballot."""

    def __init__(self, scene: Scene, size: int) -> None:
        """Remember where they vote."""
        super().__init__(daemon=True)
        self.times: list[float] = []
        self.faults = 0
        self._port, self._path = scene.port, f"/ballots/{ballot_name(size)}"
        self._option = option_of(scene, size, 0)
        self._over = threading.Event()

    def run(self) -> None:
        """Vote until told to stop."""
        form = {"csrf_token": token_in(get(self._port, self._path).text), "option": self._option}
        connection, path = HTTPConnection(HOST, self._port, timeout=30), f"{self._path}/votes"
        while not self._over.wait(BETWEEN_VOTES_SECONDS):
            asked = ask(connection, "POST", path, form)
            device, again = asked.cookies.get(DEVICE_COOKIE, ""), asked.headers.get("location", path)
            cookie = {"Cookie": f"{DEVICE_COOKIE}={device}", "HX-Request": "true"}
            began = time.perf_counter()
            self.faults += ask(connection, "POST", again, form, cookie).status != 200
            self.times.append(time.perf_counter() - began)
        connection.close()

    def __enter__(self) -> "OneByOne":
        """Begin."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self._over.set()
        self.join(30)
