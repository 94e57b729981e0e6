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

from board.config import Settings, load_settings
from tests.bench import ballots, cold, desk, embed, isso, mixed, personal, reads, sealing, writes
from tests.bench.figures import Run, load_run, table_of
from tests.bench.loading import Loader
from tests.bench.members import sign_in_all
from tests.bench.plan import ALL_PARTS, FULL, QUICK, Plan, Scene, workplace_files
from tests.bench.servers import ROOT, BoardServer, Nginx, Unusable, postgresql, serving, workplace
from tests.bench.stage import fill_rest, fill_store, furnish, thread_name
from tests.bench.writing_up import write_up
from tests.bench.wrk import Wrk

INSTANCE = ROOT / "instance"
TOOLS = ("wrk", "nginx")
FRESH_WORKERS = 2  # at least, to see that each of them learns of a new comment
SIGNED_IN = {"member", "writes", "ballots", "mixed", "fresh"}  # parts that need members


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
    plan = (QUICK if asked.quick else FULL).with_parts(asked.only)
    stop_in_time(int((plan.limit_minutes + 2 * asked.minutes) * 60))
    run = Run(machine())
    print(run.machine)
    try:
        measure(plan, run, asked)
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
    parser.add_argument("--only", type=parts_in, default=ALL_PARTS, help=f"some of: {', '.join(sorted(ALL_PARTS))}")
    parser.add_argument("--minutes", type=float, default=0, help="of mixed load, with a look at memory all the while")
    parser.add_argument("--write-docs", action="store_true", help="put the last run into docs/performance.md and stop")
    return parser.parse_args()


def parts_in(text: str) -> frozenset[str]:
    """Return the parts of the work named in the text. Raises ArgumentTypeError for a name that is none."""
    named = frozenset(text.split(","))
    if named - ALL_PARTS:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(named - ALL_PARTS))}")
    return named


def measure(plan: Plan, run: Run, asked: argparse.Namespace) -> None:
    """Measure on each database; whatever was started is stopped in the end."""
    with ExitStack() as stack:
        places = workplace_files(stack.enter_context(workplace()))
        nginx = stack.enter_context(Nginx(places["nginx"], asked.port + 1).serving())
        wrk = Wrk(places["wrk"])

        def prepared(name: str, address: str) -> Scene:
            server = BoardServer(places[name], asked.port, address)
            scene = Scene(plan, run, server, create_engine(server.database_url), wrk, nginx, asked.only, asked.minutes)
            prepare(scene, load_settings(instance_path=places[name], database_url=address))
            return scene

        if "sqlite" in asked.databases:
            measure_sqlite(prepared("sqlite", f"sqlite:///{places['sqlite'] / 'board.db'}"), places["isso"])
        if "postgresql" in asked.databases:
            measure_postgresql(prepared("postgresql", stack.enter_context(postgresql(places["pgdata"]))))


def prepare(scene: Scene, settings: Settings) -> None:
    """Make the database and fill it, looking at how speed changes while it grows."""
    if scene.database == "PostgreSQL":
        scene.server.environment["BOARD_WORKERS"] = str(max(FRESH_WORKERS, os.cpu_count() or 1))
    scene.server.init()
    sizes, loader = scene.plan.sizes, Loader(scene.engine)
    print(f"\n{scene.database}", flush=True)
    began = time.perf_counter()
    furnish(loader, sizes, settings)
    if "growth" in scene.parts and not (scene.plan.is_quick and scene.database == "PostgreSQL"):
        cold.growth_of_store(scene, loader)
    else:
        for stage in range(len(sizes.stages)):
            fill_store(loader, sizes, stage)
    fill_rest(loader, sizes)
    loader.settle()
    loader.tidy()
    made = f"{sizes.stored:,} comments and {sum(sizes.ballots):,} votes"
    print(f"  {made} are there after {time.perf_counter() - began:.0f} s", flush=True)


def measure_sqlite(scene: Scene, isso_place: Path) -> None:
    """Measure what one machine gets by itself; then the small machine's memory."""
    parts = scene.parts
    if "ballots" in parts:
        with serving(scene.server, "/"):
            sealing.sealing(scene)
    if "start" in parts:
        mixed.start_up(scene)
    with serving(scene.server, "/"):
        scene.thread_path = reads.find_thread_path(scene.port)
        if "reads" in parts:
            reads.store_in_turn(scene)
            reads.first_pages(scene)
            reads.other_pages(scene)
            reads.counts(scene)
            mixed.weight(scene)
        if "embed" in parts:
            embed.embed(scene)
        if "isso" in parts:
            isso.beside(scene, isso_place)
        if "cold" in parts:
            cold.cold_threads(scene)
        if parts & SIGNED_IN:
            sign_in_all(scene)
        if "member" in parts:
            personal.member_page(scene)
        writing(scene)
        if "mixed" in parts:
            mixed.mixed(scene)
        if "fresh" in parts:
            mixed.freshness(scene)
        mixed.memory(scene)
        if "desk" in parts:
            desk.desk(scene)
    if "mixed" in parts:
        mixed.memory_of_a_small_machine(scene)


def measure_postgresql(scene: Scene) -> None:
    """Measure what differs on PostgreSQL, with a process for each core and at least two."""
    parts = scene.parts
    if not parts & {"cold", "desk", *SIGNED_IN}:
        return
    with serving(scene.server, f"/articles/{thread_name(20)}"):
        scene.thread_path = reads.find_thread_path(scene.port)
        if "ballots" in parts:
            sealing.sealing(scene)
        if "cold" in parts:
            cold.cold_threads(scene)
        if parts & SIGNED_IN:
            sign_in_all(scene)
        writing(scene)
        if "mixed" in parts and not scene.plan.is_quick:
            mixed.mixed(scene)
        if "fresh" in parts:
            mixed.freshness(scene)
        mixed.memory(scene)
        if "desk" in parts:
            desk.desk(scene)


def writing(scene: Scene) -> None:
    """Measure each kind of write, and what reads the ballots that were written to."""
    if "writes" in scene.parts:
        writes.posts(scene)
        writes.reactions(scene)
    if "ballots" in scene.parts:
        ballots.voting(scene)
        ballots.results_pages(scene)


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
