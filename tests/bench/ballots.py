"""Voting beside the same rows written bare, and the results page of ballots of any size."""

from statistics import median

from sqlalchemy import update

from board.ballots.models import Ballot
from tests.bench import bare
from tests.bench.cold import cold
from tests.bench.figures import at_most, plain
from tests.bench.plan import Scene
from tests.bench.stage import ballot_name
from tests.bench.writes import CLIENTS, make_devices, votes

AS_QUICK = 1.2  # the results page of the largest ballot may cost so much of that of a thousand votes
SMALL = 1_000
BARE_SHARE = 0.5


def voting(scene: Scene) -> None:
    """Measure votes in ballots of every size, and in the first and last of them the bare rows beside them."""
    sizes = scene.plan.sizes.ballots
    make_devices(scene)
    for size in sizes:
        is_end = size in (sizes[0], sizes[-1])
        seconds = scene.plan.write_seconds if is_end else scene.plan.write_seconds / 2
        rate = votes(scene, size, seconds, has_bar=is_end)
        if is_end:
            beside_bare(scene, size, rate)


def beside_bare(scene: Scene, size: int, rate: float) -> None:
    """Add the row of votes against the same rows written without Board."""
    found = bare.votes(scene, size, CLIENTS, min(3, scene.plan.write_seconds))
    name = f"vote, ballot of {size:,}, {scene.database}, beside bare SQL"
    row = plain(name, [rate], "/s", note=f"bare p99 {found.p99_ms:.0f} ms")
    row.ratio, row.against = float(f"{rate / found.rate:.3g}"), f"{found.rate:,.0f} bare /s"
    row.bar, row.met = f"≥ {BARE_SHARE:g} × bare SQL", rate >= BARE_SHARE * found.rate
    scene.run.add(row)


def results_pages(scene: Scene) -> None:
    """Measure each ballot's page made anew, and the largest beside that of a thousand votes."""
    sizes = scene.plan.sizes.ballots
    names = [ballot_name(size) for size in sizes]
    pages = cold(scene, [f"/ballots/{name}" for name in names], lambda title: reword(scene, names, title))
    times = dict(zip(sizes, (median(found) for found in pages.times), strict=True))
    for size, time in times.items():
        scene.run.point(f"results_{scene.database}", size, time)
    name = f"results page made anew, {sizes[-1]:,} votes, {scene.database}"
    told = ", ".join(f"{size:,}: {time:.1f} ms" for size, time in times.items())
    row = at_most(name, pages.times[-1], "ms", times[SMALL] * AS_QUICK, note=told + pages.faults_told)
    row.ratio, row.against = float(f"{times[sizes[-1]] / times[SMALL]:.3g}"), f"that of {SMALL:,} votes"
    row.bar = f"≤ {AS_QUICK:g} × that of {SMALL:,} votes"
    scene.run.add(row)


def reword(scene: Scene, names: list[str], question: str) -> None:
    """Change what the ballots ask."""
    with scene.engine.begin() as connection:
        values = {"question": question, "version": Ballot.version + 1}
        connection.execute(update(Ballot).where(Ballot.slug.in_(names)).values(values))
