"""The WSGI entry point: `granian --interface wsgi wsgi:app`, or better `board serve`."""

from board import create_app

app = create_app()
