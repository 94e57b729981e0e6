"""Uploaded pictures are drawn anew, kept once, and served for ever under their content's hash."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from board.articles.models import Picture, Site
from board.articles.pictures import PictureRefused, draw_picture, keep_picture, picture_path
from board.extensions import db


def picture_file(size: tuple[int, int] = (40, 30), kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    """Return a picture's file."""
    out = BytesIO()
    Image.new(mode, size, 120 if mode in {"L", "P"} else (200, 40, 40, 128)[: len(mode)]).save(out, kind, **more)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose head claims these pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_usual_formats_become_one_of_ours(kind: str) -> None:
    drawing = draw_picture(picture_file(kind=kind))
    assert drawing.content_type == "image/jpeg"
    assert (drawing.width, drawing.height) == (40, 30)


def test_transparency_is_kept() -> None:
    assert draw_picture(picture_file(kind="PNG", mode="RGBA")).content_type == "image/webp"


def test_hidden_data_is_dropped_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    drawing = draw_picture(picture_file((40, 30), exif=exif.tobytes(), comment=b"secret comment"))
    assert (drawing.width, drawing.height) == (30, 40)
    assert b"secret" not in drawing.content
    assert not Image.open(BytesIO(drawing.content)).getexif()


def test_a_large_picture_is_shrunk() -> None:
    drawing = draw_picture(picture_file((4000, 1000)))
    assert (drawing.width, drawing.height) == (1600, 400)


@pytest.mark.parametrize(
    "content",
    [
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture_file(kind="BMP"),
        picture_file()[:200],
        png_that_claims(20_000, 20_000),
        png_that_claims(9_000, 9_000),
        png_that_claims(10, 10),
    ],
    ids=["text", "svg", "bmp", "cut off", "bomb", "small bomb", "empty"],
)
def test_what_is_no_sound_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefused):
        draw_picture(content)


def test_the_same_picture_is_kept_once(site: Site) -> None:
    first, second = keep_picture(site, picture_file()), keep_picture(site, picture_file())
    assert first.id == second.id
    assert db.session.query(Picture).count() == 1


def test_a_picture_is_served_for_ever(app: Any, client: Any, site: Site) -> None:
    kept = keep_picture(site, picture_file())
    db.session.commit()
    with app.test_request_context():
        path = picture_path(kept)
    answer = client.get(path)
    assert answer.data == kept.content
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for wrong in (
        path.replace(".jpg", ".webp"),
        path.replace(".jpg", ".html"),
        "/media/x",
        "/media/" + "0" * 64 + ".jpg",
    ):
        assert client.get(wrong).status_code == 404


def test_damaged_data_beside_the_pixels_is_refused_in_words() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    damaged = picture_file(kind="WEBP", exif=exif).replace(b"MM\x00*", b"MM\xf9*")
    with pytest.raises(PictureRefused, match="damaged"):
        draw_picture(damaged)
