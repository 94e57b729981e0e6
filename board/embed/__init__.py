"""The thread, the ballot, the gate and the counts on publishers' own pages, and for their servers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes, and what the heads of pages ask of it."""
    from board.embed import frames, loader, syndication
    from board.embed.oembed import discovery_url

    for module in (frames, loader, syndication):
        app.register_blueprint(module.embed)
    app.jinja_env.globals.update(oembed_discovery_url=discovery_url)
