"""Serve the pictures that Board keeps."""

import re

from flask import Blueprint, Response, request
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as BaseResponse

from board.access import NotThere, load
from board.articles.models import Picture
from board.articles.pictures import EXTENSIONS

media = Blueprint("media", __name__)

NAME = re.compile(r"([0-9a-f]{64})\.(jpg|webp)")
FOR_EVER = "public, max-age=31536000, immutable"  # the name is the content's hash: it never changes


@media.get("/media/<name>")
def picture(name: str) -> BaseResponse:
    """Answer with the picture's bytes, or that the browser has them already."""
    parts = NAME.fullmatch(name)
    if not parts:
        raise NotThere
    found = load(select(Picture).where(Picture.sha256 == parts[1]).options(undefer(Picture.content)))
    if EXTENSIONS[found.content_type] != parts[2]:
        raise NotThere
    response = Response(found.content, mimetype=found.content_type)
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(found.sha256)
    return response.make_conditional(request)
