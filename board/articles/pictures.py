"""Pictures: what people upload is drawn anew, so that nothing of the file but its looks gets through."""

import hashlib
from dataclasses import asdict, dataclass
from io import BytesIO

from flask import url_for
from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from board.articles.models import Picture, Site
from board.extensions import db
from board.statements import insert_once

MAX_SIDE_PIXELS = 1600
MAX_PIXELS = 50_000_000  # a small file can unpack to gigabytes; beyond this it is refused before it is read
READ_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
JPEG_QUALITY = 84
WEBP_QUALITY = 86
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
    image = _opened(content)
    return Drawing(*_draw(image), image.width, image.height)


def keep_drawing(site_id: int, drawing: Drawing) -> Picture:
    """Keep the drawing under its content's hash."""
    sha256 = hashlib.sha256(drawing.content).hexdigest()
    insert_once(Picture, site_id=site_id, sha256=sha256, **asdict(drawing))
    return db.session.scalars(select(Picture).where(Picture.sha256 == sha256)).one()


def picture_path(picture: Picture) -> str:
    """Return the path that the picture is served at for ever."""
    return url_for("media.picture", name=f"{picture.sha256}.{EXTENSIONS[picture.content_type]}")


def _opened(content: bytes) -> Image.Image:
    """Return the picture upright. Raises PictureRefused, also for damaged data beside the pixels."""
    try:
        image = Image.open(BytesIO(content), formats=READ_FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise PictureRefused(_too_many_pixels())
        image.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))  # reads a huge JPEG at a fraction of its size
        image.load()
        return _upright(image)
    except Image.DecompressionBombError as error:
        raise PictureRefused(_too_many_pixels()) from error
    except UnidentifiedImageError as error:
        raise PictureRefused(
            _("This file is not a picture Board can read. Choose a JPEG, PNG, WebP or GIF.")
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, PictureRefused):
            raise
        raise PictureRefused(_("This picture’s file is damaged. Save it again and choose the new file.")) from error


def _too_many_pixels() -> str:
    return str(_("This picture has too many pixels. Make it smaller, at most 7000 by 7000, and choose it again."))


def _upright(image: Image.Image) -> Image.Image:
    """Turn the picture as its camera says, and shrink it."""
    turned = ImageOps.exif_transpose(image)
    has_alpha = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    result = turned.convert("RGBA" if has_alpha else "RGB")
    result.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    return result


def _draw(image: Image.Image) -> tuple[bytes, str]:
    """Return the new file and its type; only the pixels are handed on."""
    image.info.clear()
    out = BytesIO()
    if image.mode == "RGBA":
        image.save(out, "WEBP", quality=WEBP_QUALITY, method=4)
        return out.getvalue(), "image/webp"
    image.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return out.getvalue(), "image/jpeg"
