"""`python -m tests.bench`: make data, start servers, measure, print one table, write `instance/bench.json`."""

import argparse
import os
import platform
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from sqlalchemy import create_engine

from board.config import load_settings
from tests.bench import mixed, reads, writes
from tests.bench.figures import Run, load_run, table_of
from tests.bench.loading import Loader
from tests.bench.members import sign_in_all
from tests.bench.plan import FULL, QUICK, Plan, Scene, workplace_files
from tests.bench.servers import ROOT, BoardServer, Nginx, Unusable, postgresql, serving, workplace
from tests.bench.stage import fill, thread_name
from tests.bench.writing_up import write_up
from tests.bench.wrk import Wrk

INSTANCE = ROOT / "instance"
TOOLS = ("wrk", "nginx")
FRESH_WORKERS = "2"
OVERLAY_PATH: str | None = None  # of the 20-comment thread's private answer


def main() -> int:
    """Do what the command line asks; return the exit status."""
    asked = arguments()
    if asked.write_docs:
        return write_docs()
    os.environ["PATH"] += os.pathsep + "/usr/sbin"  # where Debian keeps nginx
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print(
            f"The bench needs {' and '.join(missing)}. On Debian or Ubuntu: apt-get install wrk nginx-light",
            file=sys.stderr,
        )
        return 1
    plan = QUICK if asked.quick else FULL
    stop_in_time(plan.limit_minutes * 60)
    run = Run(machine())
    print(run.machine)
    try:
        measure(plan, run, asked.port, asked.databases.split(","))
    except (Unusable, KeyboardInterrupt) as reason:
        print(f"The bench cannot go on. {reason}", file=sys.stderr)
        return 1
    run.save(INSTANCE)
    print(f"\n{table_of(run.figures)}\n\nWritten to instance/bench.json")
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Board's speed.")
    parser.add_argument("--quick", action="store_true", help="threads of up to 20,000 comments; under two minutes")
    parser.add_argument("--port", type=int, default=8340, help="first of two ports on loopback (default: 8340)")
    parser.add_argument("--databases", default="sqlite,postgresql", help="which to measure (default: both)")
    parser.add_argument("--write-docs", action="store_true", help="put the last run into docs/performance.md and stop")
    return parser.parse_args()


def measure(plan: Plan, run: Run, port: int, databases: list[str]) -> None:
    """Measure on each database; whatever was started is stopped in the end."""
    with ExitStack() as stack:
        places = workplace_files(stack.enter_context(workplace()))
        nginx = stack.enter_context(Nginx(places["nginx"], port + 1).serving())
        wrk = Wrk(places["wrk"])
        if "sqlite" in databases:
            file = places["sqlite"] / "board.db"
            scene = prepare(plan, run, places["sqlite"], f"sqlite:///{file}", nginx, wrk, port)
            measure_sqlite(scene)
        if "postgresql" in databases:
            address = stack.enter_context(postgresql(places["pgdata"]))
            scene = prepare(plan, run, places["postgresql"], address, nginx, wrk, port)
            measure_postgresql(scene)


def prepare(plan: Plan, run: Run, instance: Path, address: str, nginx: Nginx, wrk: Wrk, port: int) -> Scene:
    """Make the database and fill it."""
    server = BoardServer(instance, port, address)
    server.init()
    settings = load_settings(instance_path=instance, database_url=address)
    engine = create_engine(settings.database_url)
    began = time.perf_counter()
    fill(Loader(engine), plan.sizes, settings)
    scene = Scene(plan, run, server, engine, wrk, nginx)
    print(f"\n{scene.database}: {plan.sizes.stored:,} comments made in {time.perf_counter() - began:.0f} s")
    return scene


def measure_sqlite(scene: Scene) -> None:
    """Measure the small machine's default: one process on SQLite."""
    mixed.start_up(scene, scene.server)
    with serving(scene.server, "/"):
        scene.thread_path = reads.find_thread_path(scene.port)
        reads.store_in_turn(scene)
        reads.first_pages(scene)
        reads.cold_pages(scene)
        reads.counts(scene)
        mixed.weight(scene)
        sign_in_all(scene)
        reads.member_page(scene, OVERLAY_PATH)
        write(scene)
        mixed.mixed(scene)
        mixed.freshness(scene)
        mixed.memory(scene)


def measure_postgresql(scene: Scene) -> None:
    """Measure what differs on PostgreSQL, with a process for each core and at least two."""
    scene.server.environment["BOARD_WORKERS"] = str(max(int(FRESH_WORKERS), os.cpu_count() or 1))
    with serving(scene.server, f"/articles/{thread_name(20)}"):
        scene.thread_path = reads.find_thread_path(scene.port)
        reads.cold_pages(scene)
        sign_in_all(scene)
        write(scene)
        if not scene.plan.is_quick:
            mixed.mixed(scene)
        mixed.freshness(scene)
        mixed.memory(scene)


def write(scene: Scene) -> None:
    """Measure each kind of write."""
    writes.posts(scene)
    writes.reactions(scene)
    writes.make_devices(scene)
    for size in scene.plan.sizes.ballots:
        writes.votes(scene, size, has_bar=size in (scene.plan.sizes.ballots[0], scene.plan.sizes.ballots[-1]))


def write_docs() -> int:
    """Put the last run's table and picture into the docs."""
    try:
        run = load_run(INSTANCE)
    except FileNotFoundError:
        print("There is no instance/bench-run.json yet. Run the bench first: make bench", file=sys.stderr)
        return 1
    write_up(run, ROOT / "docs")
    return 0


def machine() -> str:
    """Say where and when this runs, and how busy the machine is with other things."""
    load = os.getloadavg()[0]
    day = time.strftime("%Y-%m-%d")
    python = platform.python_version()
    return f"{day}, {os.cpu_count()} cores, {platform.system()}, Python {python}, load before it began {load:.1f}"


def stop_in_time(seconds: int) -> None:
    """Stop, tidily, after so long or when asked to."""

    def leave(number: int, _frame: FrameType | None) -> None:
        late = number == signal.SIGALRM
        raise Unusable(f"It took more than {seconds // 60} minutes." if late else "It was told to stop.")

    signal.signal(signal.SIGALRM, leave)
    signal.signal(signal.SIGTERM, leave)
    signal.alarm(seconds)


if __name__ == "__main__":
    sys.exit(main())
