"""Pictures: what people upload is drawn anew, so that nothing of the file but its looks gets through.

What draws takes five megabytes of memory; it is in `drawing.py`, which is loaded with the first picture.
"""

import hashlib
from dataclasses import asdict, dataclass

from flask import url_for
from sqlalchemy import select

from board.articles.models import Picture, Site
from board.extensions import db
from board.statements import insert_once

EXTENSIONS = {"image/jpeg": "jpg", "image/webp": "webp"}


class PictureRefused(ValueError):
    """The file cannot become a picture here; its words are for the person who chose it."""


@dataclass(frozen=True)
class Drawing:
    """A picture drawn anew, not kept yet."""

    content: bytes
    content_type: str
    width: int
    height: int


def keep_picture(site: Site, content: bytes) -> Picture:
    """Draw the picture anew and keep it, once however often it is sent. Raises PictureRefused."""
    return keep_drawing(site.id, draw_picture(content))


def draw_picture(content: bytes) -> Drawing:
    """Draw the picture anew. Raises PictureRefused.

    JPEG, PNG, WebP and the first frame of a GIF come in; JPEG goes out, or WebP where something is transparent. No
    side is longer than 1600 pixels. Position, camera, author and other hidden data of the file are dropped.
    """
    from board.articles.drawing import draw

    return draw(content)


def keep_drawing(site_id: int, drawing: Drawing) -> Picture:
    """Keep the drawing under its content's hash."""
    sha256 = hashlib.sha256(drawing.content).hexdigest()
    insert_once(Picture, site_id=site_id, sha256=sha256, **asdict(drawing))
    return db.session.scalars(select(Picture).where(Picture.sha256 == sha256)).one()


def picture_path(picture: Picture) -> str:
    """Return the path that the picture is served at for ever."""
    return url_for("media.picture", name=f"{picture.sha256}.{EXTENSIONS[picture.content_type]}")
