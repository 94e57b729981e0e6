"""Where the parts of a result's charts stand. Widths stretch with the page; the words stand beside, in HTML."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from board.ballots.counting import Line, Round, RunOff

WIDTH = 1000  # of a chart, in its own units
TOP, BAR, GAP = 22, 40, 56  # heights of the first label, a round's bar and the flow below it, in pixels
COLOURS = 8
LETTER_FROM = 35  # of 1000: a narrower part has no room for its letter
MAX_ROUNDS_DRAWN = 12
MAX_COLUMNS = 100  # of votes over time
STEPS_DAYS = (1, 7, 30, 365)
HOURS_SHOWN = 72

Key = int | None  # an option's ID; None for the ballots that rank none that is left


@dataclass(frozen=True)
class Part:
    """A stretch of a bar."""

    key: Key
    x: float
    width: float
    colour: int  # 0: grey
    letter: str = ""

    @property
    def middle(self) -> float:
        """Return where the letter stands, in per cent."""
        return round((self.x + self.width / 2) * 100 / WIDTH, 2)

    @property
    def has_room(self) -> bool:
        """Tell whether the letter fits."""
        return self.width >= LETTER_FROM


@dataclass(frozen=True)
class Band:
    """Ballots on their way from one round's bar to the next's."""

    path: str
    colour: int
    moves: bool  # to another option


@dataclass(frozen=True)
class RoundBar:
    """One round of a run-off."""

    number: int
    y: int
    parts: list[Part]


@dataclass(frozen=True)
class Flow:
    """A run-off as bars, one for each round, with the ballots flowing between."""

    bars: list[RoundBar]
    bands: list[Band]
    letters: dict[Key, str]
    colours: dict[Key, int]
    skipped: int  # rounds before the first that is drawn

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return TOP + len(self.bars) * (BAR + GAP) - GAP


@dataclass(frozen=True)
class Column:
    """Votes of an hour or of some days."""

    start: datetime | date
    votes: int
    x: int
    height: int  # of 100


@dataclass(frozen=True)
class Timeline:
    """Votes over time."""

    columns: list[Column] = field(default_factory=list)
    days: int = 0  # that a column covers; 0: an hour

    @cached_property
    def most(self) -> int:
        """Return the votes of the highest column."""
        return max((column.votes for column in self.columns), default=0)


def flow(run_off: RunOff) -> Flow:
    """Lay out the rounds below each other, options in the order of their first preferences throughout."""
    first = run_off.rounds[0].counts
    keys: list[Key] = [*sorted(first, key=lambda option_id: (-first[option_id], option_id)), None]
    letters: dict[Key, str] = {key: letter(place) for place, key in enumerate(keys[:-1])} | {None: ""}
    colours: dict[Key, int] = {key: place % COLOURS + 1 for place, key in enumerate(keys[:-1])} | {None: 0}
    skipped = max(0, len(run_off.rounds) - MAX_ROUNDS_DRAWN)
    drawn = run_off.rounds[skipped:]
    bars = [
        RoundBar(skipped + place + 1, TOP + place * (BAR + GAP), _parts(each, keys, letters, colours))
        for place, each in enumerate(drawn)
    ]
    bands = [
        band
        for upper, lower, each in zip(bars, bars[1:], drawn, strict=False)
        for band in _bands(upper, lower, each, colours)
    ]
    return Flow(bars, bands, letters, colours, skipped)


def letter(place: int) -> str:
    """Return A, B … Z, AA, AB … for the places from 0."""
    return chr(65 + place) if place < 26 else letter(place // 26 - 1) + letter(place % 26)


def distribution(line: Line) -> list[Part]:
    """Return the parts of a bar that shows how many gave each score, the lowest first."""
    given, x, parts = sum(line.marks), 0.0, []
    for mark, votes in enumerate(line.marks, 1):
        width = WIDTH * votes / given if given else 0.0
        parts.append(Part(None, round(x, 1), round(width, 1), mark, str(mark)))
        x += width
    return parts


def timeline(hours: dict[str, int], zone: ZoneInfo) -> Timeline:
    """Return votes over time, from votes by the hour in UTC ("2026-11-23 02"), in the fewest steps that fit."""
    if not hours:
        return Timeline()
    moments = {datetime.strptime(each, "%Y-%m-%d %H").replace(tzinfo=UTC): votes for each, votes in hours.items()}
    first, last = min(moments), max(moments)
    if last - first < timedelta(hours=HOURS_SHOWN):
        starts = [first + timedelta(hours=n) for n in range(int((last - first) / timedelta(hours=1)) + 1)]
        return Timeline(_columns((each.astimezone(zone), moments.get(each, 0)) for each in starts))
    first_day, last_day = first.astimezone(zone).date(), last.astimezone(zone).date()
    span = (last_day - first_day).days + 1
    step = next((days for days in STEPS_DAYS if span <= days * MAX_COLUMNS), STEPS_DAYS[-1])
    counted: Counter[int] = Counter()
    for moment, votes in moments.items():
        counted[(moment.astimezone(zone).date() - first_day).days // step] += votes
    starts_of = ((first_day + timedelta(days=n * step), counted[n]) for n in range((span - 1) // step + 1))
    return Timeline(_columns(starts_of), step)


def _columns(found: Iterable[tuple[datetime | date, int]]) -> list[Column]:
    rows = list(found)
    most = max(votes for _start, votes in rows) or 1
    return [Column(start, votes, 10 * n, round(100 * votes / most)) for n, (start, votes) in enumerate(rows)]


def _parts(each: Round, keys: list[Key], letters: dict[Key, str], colours: dict[Key, int]) -> list[Part]:
    total = each.going_on + each.exhausted or 1
    x, parts = 0.0, []
    for key in keys:
        ballots = each.exhausted if key is None else each.counts.get(key, 0)
        if ballots:
            width = WIDTH * ballots / total
            parts.append(Part(key, round(x, 1), round(width, 1), colours[key], letters[key]))
            x += width
    return parts


def _bands(upper: RoundBar, lower: RoundBar, each: Round, colours: dict[Key, int]) -> list[Band]:
    """Return the bands between two bars: each option's own ballots straight on, and those of who goes out."""
    total = each.going_on + each.exhausted or 1
    flows: dict[tuple[Key, Key], int] = {(key, key): votes for key, votes in each.counts.items() if key not in each.out}
    flows[None, None] = each.exhausted
    flows |= {(gone, to): votes for gone, to, votes in each.transfers}
    tops = {part.key: part.x for part in upper.parts}
    feet = {part.key: part.x for part in lower.parts}
    place = {part.key: n for n, part in enumerate(upper.parts)}
    found = []
    # Ballots leave a part in the order of where they go, and arrive in the order of where they come from.
    arrivals: dict[tuple[Key, Key], float] = {}
    for source, target in sorted(flows, key=lambda pair: place.get(pair[0], 0)):
        if flows[source, target]:
            arrivals[source, target] = feet[target]
            feet[target] += WIDTH * flows[source, target] / total
    for source, target in sorted(arrivals, key=lambda pair: arrivals[pair]):
        width = WIDTH * flows[source, target] / total
        path = _path(tops[source], arrivals[source, target], width, upper.y + BAR, lower.y)
        found.append(Band(path, colours[source], source != target))
        tops[source] += width
    return found


def _path(x_top: float, x_foot: float, width: float, top: int, foot: int) -> str:
    """Return a band's outline, bent smoothly."""
    middle = (top + foot) / 2
    a, b, c, d = (round(x, 1) for x in (x_top, x_foot, x_foot + width, x_top + width))
    return f"M{a} {top}C{a} {middle} {b} {middle} {b} {foot}H{c}C{c} {middle} {d} {middle} {d} {top}Z"
