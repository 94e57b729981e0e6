"""Comments, the thread and its pages, reactions."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes, and the posting of what was kept for somebody's account."""
    from board.comments.drafts import init_drafts
    from board.comments.views import comments

    app.register_blueprint(comments)
    init_drafts(app)
