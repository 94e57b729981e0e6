"""The few routes that take a picture may receive more than the rest, and only from those who may upload."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_FIELDS_BYTES = 1024 * 1024  # an article's text and its other fields

V = TypeVar("V", bound=Callable[..., Any])


def takes_pictures(view: V) -> V:
    """Let the view's requests carry a picture (5 MB) and a long text, if an editor sends them."""
    view.takes_pictures = True  # type: ignore[attr-defined]
    return view


def takes_long_forms(view: V) -> V:
    """Let the view's requests carry long lists, if an editor sends them."""
    view.takes_long_forms = True  # type: ignore[attr-defined]
    return view


def uploaded(file: FileStorage | None) -> bytes:
    """Return the chosen file's bytes; nothing if none was chosen."""
    return file.read() if file and file.filename else b""


def init_uploads(app: Flask) -> None:
    """Raise the limit before the form is first read, which the check of its token does."""
    app.url_value_preprocessor(raise_limits)


def raise_limits(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Raise this request's limits if its view takes pictures and the sender is an editor."""
    view = current_app.view_functions.get(endpoint or "")
    is_long = getattr(view, "takes_long_forms", False)
    if is_long and current_user.is_authenticated and current_user.works_as("editor"):
        request.max_content_length = request.max_form_memory_size = MAX_FIELDS_BYTES
    if getattr(view, "takes_pictures", False) and current_user.is_authenticated and current_user.works_as("editor"):
        request.max_content_length = MAX_UPLOAD_BYTES + MAX_FIELDS_BYTES
        request.max_form_memory_size = MAX_FIELDS_BYTES
