"""Draws an uploaded picture anew; `pictures.py` says what for."""

from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from board.articles.pictures import Drawing, PictureRefused

MAX_SIDE_PIXELS = 1600
MAX_PIXELS = 50_000_000  # a small file can unpack to gigabytes; beyond this it is refused before it is read
READ_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
JPEG_QUALITY = 84
WEBP_QUALITY = 86


def draw(content: bytes) -> Drawing:
    """Draw the picture of the file's bytes anew. Raises PictureRefused."""
    image = _opened(content)
    return Drawing(*_draw(image), image.width, image.height)


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
