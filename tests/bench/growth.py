"""Growth curves as an SVG, by plain code: logarithmic both ways, light and dark, readable without colour."""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 340, 250  # of one panel
ACROSS = 3  # panels in a row
LEFT, RIGHT, TOP, BOTTOM = 58, 26, 46, 48
STYLE = """
  .paper { fill: #fff; }
  text { font: 12px system-ui, sans-serif; fill: #1d1d1f; }
  .title { font-weight: 600; font-size: 14px; }
  .quiet { fill: #5c5c66; }
  .grid { stroke: #d9d9de; stroke-width: 1; }
  .curve { fill: none; stroke-width: 2; }
  .c0 { stroke: #0b57d0; } .c1 { stroke: #b3261e; stroke-dasharray: 6 4; }
  .d0 { fill: #0b57d0; } .d1 { fill: #b3261e; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #16161a; } text { fill: #ececf1; } .quiet { fill: #a9a9b4; } .grid { stroke: #3b3b44; }
    .c0 { stroke: #8ab4f8; } .c1 { stroke: #f2b8b5; } .d0 { fill: #8ab4f8; } .d1 { fill: #f2b8b5; }
  }
"""

Point = tuple[int, float]


@dataclass(frozen=True)
class Curve:
    """Values by size."""

    name: str
    points: list[Point]


@dataclass(frozen=True)
class Panel:
    """One pair of axes with its curves."""

    title: str
    across: str
    up: str
    curves: list[Curve]


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis over whole powers of ten."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where the value stands, in the picture's units."""
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[int]:
        """Return the powers of ten on the axis."""
        return list(range(self.low, self.high + 1))


def axis_over(values: list[float], start: float, end: float) -> Axis:
    """Return the smallest axis that holds the values."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return Axis(low, max(high, low + 1), start, end)


def picture(panels: list[Panel]) -> str:
    """Return the SVG with the panels in rows of three, those without a curve left out."""
    shown = [panel for panel in panels if any(curve.points for curve in panel.curves)]
    width, height = WIDTH * max(1, min(ACROSS, len(shown))), HEIGHT * max(1, ceil(len(shown) / ACROSS))
    told = "; ".join(described(panel) for panel in shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title desc">',
        '<title id="title">How speed changes with size</title>',
        f'<desc id="desc">{escape(told)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
    ]
    for number, panel in enumerate(shown):
        place = f"{number % ACROSS * WIDTH} {number // ACROSS * HEIGHT}"
        parts.append(f'<g transform="translate({place})">{drawn(panel)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def described(panel: Panel) -> str:
    """Return the panel in words."""
    ends = ((curve.name, *curve.points[0], *curve.points[-1]) for curve in panel.curves)
    curves = (f"{name} from {low:g} at {small:,} to {high:g} at {large:,}" for name, small, low, large, high in ends)
    return f"{panel.title}, {panel.up} by {panel.across}: {', '.join(curves)}"


def drawn(panel: Panel) -> str:
    """Return the axes and curves."""
    points = [point for curve in panel.curves for point in curve.points]
    across = axis_over([size for size, _value in points], LEFT, WIDTH - RIGHT)
    up = axis_over([value for _size, value in points], HEIGHT - BOTTOM, TOP)
    parts = [f'<text class="title" x="{LEFT}" y="18">{escape(panel.title)}</text>']
    parts.append(f'<text class="quiet" x="{LEFT}" y="35">{escape(panel.up)}</text>')
    parts.append(
        f'<text class="quiet" x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(panel.across)}</text>'
    )
    parts += [grid_line(up, power, across) for power in up.ticks]
    parts += [tick(across, power) for power in across.ticks]
    for number, curve in enumerate(panel.curves):
        parts += drawn_curve(curve, number % 2, across, up)
        parts += key_of(curve, number % 2) if len(panel.curves) > 1 else []
    return "\n".join(parts)


def grid_line(up: Axis, power: int, across: Axis) -> str:
    """Return a line across with its number."""
    y = up.at(10**power)
    line = f'<line class="grid" x1="{across.start}" x2="{across.end}" y1="{y}" y2="{y}"/>'
    return f'{line}<text class="quiet" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{number_of(power)}</text>'


def tick(across: Axis, power: int) -> str:
    """Return a number below the axis."""
    x, y = across.at(10**power), HEIGHT - 28
    return f'<text class="quiet" x="{x}" y="{y}" text-anchor="middle">{number_of(power)}</text>'


def drawn_curve(curve: Curve, look: int, across: Axis, up: Axis) -> list[str]:
    """Return the line and its points."""
    places = [(across.at(size), up.at(value)) for size, value in curve.points]
    path = " ".join(f"{x},{y}" for x, y in places)
    parts = [f'<polyline class="curve c{look}" points="{path}"/>']
    return parts + [f'<circle class="d{look}" cx="{x}" cy="{y}" r="3"/>' for x, y in places]


def key_of(curve: Curve, look: int) -> list[str]:
    """Return the curve's name with a piece of its line, above the axes."""
    x = LEFT + 70 + look * 88
    line = f'<line class="curve c{look}" x1="{x}" x2="{x + 22}" y1="31" y2="31"/>'
    return [line, f'<text x="{x + 28}" y="35">{escape(curve.name)}</text>']


def number_of(power: int) -> str:
    """Return a power of ten in few characters."""
    if power >= 6:
        return f"{10 ** (power - 6):g} M"
    return f"{10 ** (power - 3):g} k" if power >= 3 else f"{10.0**power:g}"
