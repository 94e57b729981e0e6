"""The thread, the ballot, the gate and the counts on publishers' own pages, and for their servers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes, and what the heads of pages ask of it."""
    from board.embed import checking, frames, loader, syndication
    from board.embed.blocked import init_blocked
    from board.embed.handover import init_handover
    from board.embed.inside import init_frames
    from board.embed.single_sign_on import init_single_sign_on
    from board.urls import discovery_url

    for module in (checking, frames, loader, syndication):
        app.register_blueprint(module.embed)
    init_frames(app)
    init_blocked(app)
    init_handover(app)
    init_single_sign_on(app)
    app.jinja_env.globals.update(oembed_discovery_url=discovery_url)
