"""The lines of a file that somebody else wrote: plain or gzipped, read piece by piece, within bounds."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from flask_babel import gettext as _

GZIP_MAGIC = b"\x1f\x8b"
MAX_FILE_BYTES = 256 * 1024 * 1024  # as it lies on the disk, if it is gzipped
MAX_TEXT_BYTES = 4 * 1024 * 1024 * 1024  # unpacked
MAX_EXPANSION = 100  # unpacked bytes for each packed one …
FREE_EXPANSION_BYTES = 10 * 1024 * 1024  # … beyond these
MAX_LINE_BYTES = 1024 * 1024
MAX_LINES = 5_000_000


class BrokenFile(Exception):
    """The file as a whole cannot be read; nothing is imported. The words are for who sent it."""


@dataclass(frozen=True)
class Line:
    """One line: its number from 1, its bytes, and how the file goes on."""

    number: int
    content: bytes
    is_too_long: bool
    is_cut_off: bool  # the file ends here without a line end
    position: int  # bytes of the file read so far, for the progress bar


def read_lines(file: IO[bytes]) -> Iterator[Line]:
    """Yield the file's lines that are not blank. Raises BrokenFile when it is damaged, or larger than the bounds."""
    is_packed = file.read(2) == GZIP_MAGIC
    file.seek(0)
    text = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if is_packed else file
    number = size = 0
    while True:
        content = _read(text, MAX_LINE_BYTES + 1)
        if not content:
            return
        number, size = number + 1, size + len(content)
        is_too_long = len(content) > MAX_LINE_BYTES
        while is_too_long and content and not content.endswith(b"\n"):
            content = _read(text, MAX_LINE_BYTES)
            size += len(content)
            _check_bounds(number, size, file.tell(), is_packed)
        _check_bounds(number, size, file.tell(), is_packed)
        if is_too_long or content.strip():
            yield Line(number, content, is_too_long, not content.endswith(b"\n"), file.tell())


def _read(text: IO[bytes], limit: int) -> bytes:
    try:
        return text.readline(limit)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BrokenFile(
            _("The gzip file is cut off or damaged. Fetch it again, and check that it unpacks.")
        ) from error


def _check_bounds(lines: int, text_bytes: int, file_bytes: int, is_packed: bool) -> None:
    if lines > MAX_LINES:
        raise BrokenFile(_("The file has more than %(n)s lines. Split it.", n=f"{MAX_LINES:,}"))
    if (is_packed and file_bytes > MAX_FILE_BYTES) or text_bytes > MAX_TEXT_BYTES:
        raise BrokenFile(_("The file is larger than an import may be. Split it."))
    if is_packed and text_bytes > MAX_EXPANSION * file_bytes + FREE_EXPANSION_BYTES:
        raise BrokenFile(
            _("The gzip file unpacks to more than %(n)s times its size. That is no text.", n=MAX_EXPANSION)
        )
