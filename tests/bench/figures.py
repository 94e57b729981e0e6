"""What is measured, said in one line each: the figure, what it stands against, the bar, and whether it is met."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

JSON_KEYS = ("name", "value", "unit", "ratio", "against", "bar", "met")


@dataclass
class Figure:
    """One row of the table. `met` is None where there is no bar, or nothing could be measured."""

    name: str
    value: float | None
    unit: str
    ratio: float | None = None
    against: str = ""
    bar: str = ""
    met: bool | None = None
    spread: str = ""  # the lowest and the highest of the repeated measurements
    note: str = ""  # errors seen, or why the row is empty


@dataclass
class Run:
    """One run of the bench: when, where, what came out."""

    machine: str
    figures: list[Figure] = field(default_factory=list)
    growth: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # curve → (size, value) points

    def add(self, figure: Figure) -> None:
        """Keep a row and show that it is there."""
        self.figures.append(figure)
        print(f"  {line_of(figure)}", flush=True)

    def point(self, curve: str, size: int, value: float) -> None:
        """Keep a point of a growth curve."""
        self.growth.setdefault(curve, []).append((size, round(value, 3)))

    def save(self, instance: Path) -> None:
        """Write `bench.json`, the rows alone, and `bench-run.json`, which docs/performance.md is made from."""
        instance.mkdir(exist_ok=True)
        rows = [{key: asdict(figure)[key] for key in JSON_KEYS} for figure in self.figures]
        (instance / "bench.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        (instance / "bench-run.json").write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")


def load_run(instance: Path) -> Run:
    """Return the last run that was saved."""
    stored: dict[str, Any] = json.loads((instance / "bench-run.json").read_text())
    growth = {
        curve: [(int(size), float(value)) for size, value in points] for curve, points in stored["growth"].items()
    }
    return Run(stored["machine"], [Figure(**row) for row in stored["figures"]], growth)


def at_least(
    name: str, values: Sequence[float], unit: str, base: float, against: str, times: float, **more: Any
) -> Figure:
    """Return the row of a figure whose median should be at least `times` the base."""
    ratio = median(values) / base if base else None
    bar = f"≥ {times:g} × {against}"
    met = ratio is not None and ratio >= times
    return Figure(name, rounded(median(values)), unit, _two(ratio), against, bar, met, spread_of(values), **more)


def at_most(name: str, values: Sequence[float], unit: str, limit: float, **more: Any) -> Figure:
    """Return the row of a figure whose median should not be above the limit."""
    value = median(values)
    ratio = _two(value / limit) if limit else None
    return Figure(
        name, rounded(value), unit, ratio, f"{limit:g} {unit}", f"≤ {limit:g} {unit}", value <= limit,
        spread_of(values), **more,
    )  # fmt: skip


def plain(name: str, values: Sequence[float], unit: str, **more: Any) -> Figure:
    """Return the row of a figure that has no bar of its own."""
    return Figure(name, rounded(median(values)), unit, spread=spread_of(values), **more)


def skipped(name: str, reason: str, bar: str = "") -> Figure:
    """Return the row of what could not be measured, with the reason."""
    return Figure(name, None, "", bar=bar, note=f"not measured: {reason}")


def spread_of(values: Sequence[float]) -> str:
    """Return the lowest and highest value, if there are several."""
    return (
        "–".join(f"{value:,.0f}" if value >= 100 else f"{rounded(value):g}" for value in (min(values), max(values)))
        if len(values) > 1
        else ""
    )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which the share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def rounded(value: float) -> float:
    """Return the value with three digits that say something, large ones without a fraction."""
    if abs(value) >= 100:
        return float(round(value))
    return round(value, 1) if abs(value) >= 10 else round(value, 2)


def said(figure: Figure) -> str:
    """Return the value with its unit, or a dash."""
    if figure.value is None:
        return "–"
    number = f"{figure.value:,.0f}" if abs(figure.value) >= 100 else f"{figure.value:g}"
    return f"{number} {figure.unit}".strip()


def line_of(figure: Figure) -> str:
    """Return the row for the screen while the bench runs."""
    against = f"{figure.ratio:g} × {figure.against}" if figure.ratio is not None else ""
    return "  ".join(part for part in (f"{figure.name}: {said(figure)}", against, mark_of(figure), figure.note) if part)


def mark_of(figure: Figure) -> str:
    """Return whether the bar is met, in a word."""
    return "" if figure.met is None else "met" if figure.met else "MISSED"


def table_of(figures: Iterable[Figure]) -> str:
    """Return all rows as a Markdown table, which is also good to read on a screen."""
    head = ("work", "figure", "min–max", "ratio", "bar", "met")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = f"{figure.ratio:g} × {figure.against}" if figure.ratio is not None else ""
    name = f"{figure.name} ({figure.note})" if figure.note else figure.name
    met = "" if figure.met is None else "yes" if figure.met else "no"
    return name, said(figure), figure.spread, ratio, figure.bar, met


def _two(ratio: float | None) -> float | None:
    return None if ratio is None else float(f"{ratio:.3g}")
