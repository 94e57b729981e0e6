"""Members, sign-in, sessions, roles, profile and privacy."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind Flask-Security with our member, our sessions and our pages."""
    from board.accounts.members import members
    from board.accounts.setup import init_accounts
    from board.accounts.views import blueprint

    init_accounts(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(members)
