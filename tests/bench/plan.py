"""How much is measured and for how long, and what every measurement needs at hand."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from tests.bench.figures import Run
from tests.bench.servers import BoardServer, Nginx
from tests.bench.stage import Sizes
from tests.bench.wrk import Wrk

SMALL_BALLOT = 1_000

# What can be asked for alone: `--only reads,writes`.
ALL_PARTS = frozenset(
    {"growth", "start", "reads", "cold", "isso", "member", "writes", "ballots", "mixed", "fresh", "embed", "desk"}
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The size of the work."""

    sizes: Sizes
    compared: tuple[int, ...]  # threads whose first page is measured against nginx
    rounds: int  # of load and limit in turn
    read_seconds: float
    write_seconds: float
    mixed_seconds: float
    cold_rounds: int
    starts: int
    limit_minutes: int  # then the bench stops, whatever it does
    is_quick: bool = False  # leaves out growth and the mixed load on PostgreSQL

    def with_parts(self, parts: frozenset[str]) -> "Plan":
        """Return the plan for these parts: large ballots, whose sealing takes a while, only where they are measured."""
        if "ballots" in parts:
            return self
        small = tuple(size for size in self.sizes.ballots if size <= SMALL_BALLOT)
        return replace(self, sizes=replace(self.sizes, ballots=small))


FULL = Plan(
    Sizes(
        threads=(20, 100, 200, 1_000, 2_000, 10_000, 20_000, 100_000, 1_000_000),
        stages=(1, 10, 100, 1_000, 10_000),
        comments_each=100,
        in_turn=1_000,
        ballots=(100, 1_000, 10_000, 100_000, 1_000_000),
        writers=600,
    ),
    compared=(20, 200, 2_000, 20_000, 1_000_000),
    rounds=3,
    read_seconds=4,
    write_seconds=8,
    mixed_seconds=60,
    cold_rounds=5,
    starts=3,
    limit_minutes=40,
)
QUICK = Plan(
    Sizes(
        threads=(20, 200, 2_000, 20_000),
        stages=(1, 30, 300),
        comments_each=100,
        in_turn=300,
        ballots=(1_000, 20_000),
        writers=120,
    ),
    compared=(20, 200, 2_000, 20_000),
    rounds=2,
    read_seconds=1,
    write_seconds=2,
    mixed_seconds=4,
    cold_rounds=2,
    starts=1,
    limit_minutes=10,
    is_quick=True,
)


@dataclass
class Scene:
    """One server with its database, under measurement."""

    plan: Plan
    run: Run
    server: BoardServer
    engine: Engine
    wrk: Wrk
    nginx: Nginx
    parts: frozenset[str] = ALL_PARTS  # of the work; the others are left out
    minutes: float = 0  # of mixed load; 0 for as long as the plan says
    thread_path: str = "/articles/{}"  # of a thread's first page, by the article's ID
    writers: list["Writer"] = field(default_factory=list)  # signed in
    devices: list[str] = field(default_factory=list)  # cookies of browsers that have not voted

    @property
    def port(self) -> int:
        """Return where Board answers."""
        return self.server.port

    def ballot_id(self, size: int) -> int:
        """Return the ID of the ballot with so many votes."""
        return self.plan.sizes.every_ballot.index(size) + 1

    @property
    def database(self) -> str:
        """Return the database's name as the table shows it."""
        return "SQLite" if self.engine.dialect.name == "sqlite" else "PostgreSQL"

    def thread(self, name: str) -> str:
        """Return the path of an article's thread."""
        return self.thread_path.format(name)


@dataclass(frozen=True)
class Writer:
    """A signed-in browser: its cookies, and the token that its forms carry."""

    number: int  # the member's ID
    cookies: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return what this browser sends when the page's script posts a form."""
        return {"Cookie": self.cookies, "HX-Request": "true"}


def workplace_files(directory: Path) -> dict[str, Path]:
    """Make and return the directories that the servers live in."""
    found = {name: directory / name for name in ("sqlite", "postgresql", "nginx", "wrk", "pgdata", "isso")}
    for path in found.values():
        path.mkdir()
    return found
