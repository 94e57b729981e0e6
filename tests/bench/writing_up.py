"""The last run as a page of the docs: the table between its markers, and the growth curves as a picture."""

from pathlib import Path

from tests.bench.figures import Run, table_of
from tests.bench.growth import Curve, Panel, picture

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
PICTURE = "![How pages, posts and votes change with the size of thread, store and ballot](images/growth.svg)"


def write_up(run: Run, docs: Path) -> None:
    """Replace the table in `performance.md`, and the picture beside it."""
    page = docs / "performance.md"
    page.write_text(with_table(page.read_text(), run))
    images = docs / "images"
    images.mkdir(exist_ok=True)
    (images / "growth.svg").write_text(picture(panels(run)))


def with_table(page: str, run: Run) -> str:
    """Return the page with the run's table between the markers. Raises ValueError where they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _former, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/performance.md must hold {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{run.machine}.\n\n{table_of(run.figures)}\n\n{PICTURE}\n\n{END}{after}"


def panels(run: Run) -> list[Panel]:
    """Return the pictures' panels: only curves with points."""
    databases = ("SQLite", "PostgreSQL")
    asked = [("A first page from ready bytes", "comments in the thread", "requests/s", [("read_rate", "Board")])]
    asked += [
        (title, across, up, [(f"{curve}_{database}", database) for database in databases])
        for title, across, up, curve in (
            ("A first page made anew", "comments in the thread", "ms", "cold"),
            ("A page of 100 made anew", "comments in the store", "ms", "store"),
            ("A post", "comments in the store", "ms", "post"),
            ("Votes", "votes in the ballot before", "votes/s", "votes"),
            ("A results page made anew", "votes in the ballot", "ms", "results"),
        )
    ]
    return [
        Panel(title, across, up, [Curve(name, run.growth[key]) for key, name in curves if run.growth.get(key)])
        for title, across, up, curves in asked
    ]
