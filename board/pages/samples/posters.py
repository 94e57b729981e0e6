"""Lead pictures for the sample articles, drawn from a few shapes: no file to ship, no licence to ask for."""

import math
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 900
SCALE = 2  # drawn larger, then shrunk: smooth edges

Color = tuple[int, int, int]


def poster(name: str) -> bytes:
    """Return the picture as a JPEG file."""
    image = DRAWERS[name]().resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def lamps() -> Image.Image:
    """Draw street lamps over rooftops at dusk."""
    image = _sky((22, 30, 58), (203, 112, 88))
    glow = Image.new("RGB", image.size)
    draw, shine = ImageDraw.Draw(image), ImageDraw.Draw(glow)
    _roofs(draw, 640, (38, 36, 62), seed=3)
    _roofs(draw, 740, (20, 22, 42), seed=8)
    for n, (x, y) in enumerate(_row_of_lamps()):
        radius = 46 - 6 * n
        _box(draw, x - radius / 9, y, x + radius / 9, 900, (11, 12, 24))
        _disc(shine, x, y, radius * 3.4, (150, 92, 34))
        _disc(shine, x, y, radius * 1.7, (220, 160, 80))
        _disc(draw, x, y, radius, (255, 236, 190))
    halo = glow.resize((WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(16)).resize(image.size)
    return ImageChops.screen(image, halo)


def arena() -> Image.Image:
    """Draw benches in half rings around a round stage."""
    image = _canvas((236, 223, 200))
    draw = ImageDraw.Draw(image)
    centre = (800, 780)
    shades: list[Color] = [(58, 74, 84), (92, 108, 110), (176, 84, 58), (206, 128, 84), (222, 166, 118)]
    for n, shade in enumerate(shades * 2):
        radius = 1080 - 92 * n
        _ring(draw, centre, radius, 62, shade)
    for angle in (202, 238, 270, 302, 338):  # the aisles
        end = (centre[0] + 1300 * math.cos(math.radians(angle)), centre[1] + 1300 * math.sin(math.radians(angle)))
        draw.line([_at(*centre), _at(*end)], fill=(236, 223, 200), width=26 * SCALE)
    _disc(draw, *centre, 196, (236, 223, 200))
    _disc(draw, *centre, 150, (250, 244, 226))
    _disc(draw, *centre, 26, (176, 84, 58))
    return image


def drawers() -> Image.Image:
    """Draw a wall of drawers, some open on a simple shape."""
    image = _canvas((47, 62, 58))
    draw = ImageDraw.Draw(image)
    fronts: list[Color] = [(201, 168, 118), (186, 146, 96), (214, 186, 142), (160, 118, 78)]
    columns, rows = 8, 5
    wide, high = WIDTH / columns, HEIGHT / rows
    for n in range(columns * rows):
        column, row = n % columns, n // columns
        x, y = column * wide, row * high
        mark = (column * 5 + row * 3 + column * row) % 7
        if mark in {1, 4}:
            _shape(draw, mark + column + row, x + wide / 2, y + high / 2)
            continue
        _box(draw, x + 7, y + 7, x + wide - 7, y + high - 7, fronts[mark % 4])
        _box(draw, x + 36, y + 34, x + wide - 36, y + 62, (240, 232, 214))
        _disc(draw, x + wide / 2, y + high * 0.68, 11, (62, 46, 34))
    return image


DRAWERS: dict[str, Callable[[], Image.Image]] = {"lamps": lamps, "arena": arena, "drawers": drawers}


def _row_of_lamps() -> list[tuple[float, float]]:
    return [(210, 330), (560, 420), (850, 492), (1085, 548), (1272, 592), (1420, 625)]


def _roofs(draw: ImageDraw.ImageDraw, base: int, color: Color, seed: int) -> None:
    """Draw a line of gables; the seed varies their widths and heights, the same way each time."""
    x, n = -40, seed
    while x < WIDTH:
        n = (n * 37 + 11) % 101
        wide, high = 110 + n, 40 + n % 53
        points = [(x, base), (x + wide / 2, base - high), (x + wide, base), (x + wide, HEIGHT), (x, HEIGHT)]
        draw.polygon([_at(*point) for point in points], fill=color)
        x += wide - 6


def _shape(draw: ImageDraw.ImageDraw, kind: int, x: float, y: float) -> None:
    """Draw what lies in an open drawer: an egg, a hat, a letter or a bottle."""
    cream, red, blue = (238, 226, 200), (188, 78, 58), (104, 146, 156)
    if kind % 4 == 0:
        draw.ellipse([_at(x - 38, y - 52), _at(x + 38, y + 52)], fill=cream)
    elif kind % 4 == 1:
        _box(draw, x - 36, y - 48, x + 36, y + 26, red)
        _box(draw, x - 66, y + 26, x + 66, y + 44, red)
    elif kind % 4 == 2:
        _box(draw, x - 64, y - 42, x + 64, y + 42, cream)
        draw.line([_at(x - 64, y - 42), _at(x, y + 8), _at(x + 64, y - 42)], fill=red, width=6 * SCALE)
    else:
        _box(draw, x - 26, y - 12, x + 26, y + 58, blue)
        _box(draw, x - 9, y - 58, x + 9, y - 12, blue)


def _canvas(color: Color) -> Image.Image:
    return Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), color)


def _sky(top: Color, bottom: Color) -> Image.Image:
    """Return a canvas that goes from one colour at the top to another near the bottom."""
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        part = min(1.0, y / (HEIGHT * 0.8)) ** 1.6
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)))
    return column.resize((WIDTH * SCALE, HEIGHT * SCALE))


def _at(x: float, y: float) -> tuple[float, float]:
    return x * SCALE, y * SCALE


def _box(draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, color: Color) -> None:  # noqa: PLR0917
    draw.rectangle([_at(left, top), _at(right, bottom)], fill=color)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, color: Color) -> None:
    draw.ellipse([_at(x - radius, y - radius), _at(x + radius, y + radius)], fill=color)


def _ring(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, width: float, color: Color) -> None:
    x, y = centre
    box = [_at(x - radius, y - radius), _at(x + radius, y + radius)]
    draw.arc(box, 180, 360, fill=color, width=round(width * SCALE))
