"""Static files: each address names the file's version, and our own scripts and styles go out without their comments."""

import hashlib
import os
import re
from functools import cache
from pathlib import Path, PurePosixPath

from flask import Flask, Response, current_app, request

KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
KEPT_FOR_A_WHILE = "public, max-age=300"
OURS = {".css": "text/css", ".js": "text/javascript"}
OUR_FOLDERS = ("css/", "js/")
# No string of ours holds what looks like one of these, and none goes over several lines (tests/pages/test_statics.py).
COMMENT_OR_SPACE = {
    ".css": re.compile(r"^\s+| */\*.*?\*/", re.MULTILINE | re.DOTALL),
    ".js": re.compile(r"^ *(?://.*)?\n?|(?<=[;,{}]) // .*$", re.MULTILINE),
}


def init_statics(app: Flask) -> None:
    """Name versions in addresses, and serve what is ours in its short form."""
    app.url_defaults(name_version)
    app.view_functions["static"] = static_file


def name_version(endpoint: str, values: dict[str, object]) -> None:
    """Name a static file's version in its address, so that browsers can keep it for good."""
    if endpoint == "static":
        values["v"] = static_version(str(current_app.static_folder), str(values["filename"]))


@cache
def static_version(directory: str, filename: str) -> str:
    """Return a short hash of the file; empty if it is not there."""
    file = Path(directory) / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


def static_file(filename: str) -> Response:
    """Serve a script or style of ours without what is for us alone; any other file as it is."""
    kind = Path(filename).suffix
    directory = str(current_app.static_folder)
    if kind not in OURS or not filename.startswith(OUR_FOLDERS) or not is_a_name(directory, filename):
        return current_app.send_static_file(filename)  # which also says if it is not there
    return Response(short_form(directory, filename), mimetype=OURS[kind])


def is_a_name(directory: str, filename: str) -> bool:
    """Tell whether a file is called so: each has one name, however many spellings lead to it, as `css/./board.css`.

    What is kept for each name is bounded by that.
    """
    is_plain = filename == PurePosixPath(filename).as_posix() and ".." not in filename
    return is_plain and os.path.isfile(os.path.join(directory, filename))  # noqa: PTH113, PTH118 - no error for long ones


@cache
def short_form(directory: str, filename: str) -> str:
    """Return one of our scripts or styles without comments and indents."""
    file = Path(directory) / filename
    return COMMENT_OR_SPACE[file.suffix].sub("", file.read_text(encoding="utf-8"))


def keep_static(response: Response) -> None:
    """Let browsers keep exactly this version of a static file for good, any other for a while."""
    filename = (request.view_args or {}).get("filename", "")
    directory = str(current_app.static_folder)
    is_exact = is_a_name(directory, filename) and request.args.get("v") == static_version(directory, filename)
    response.headers["Cache-Control"] = KEPT_FOR_GOOD if is_exact else KEPT_FOR_A_WHILE
