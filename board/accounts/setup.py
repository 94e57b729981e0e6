"""Bind Flask-Security to our tables and sessions."""

from datetime import timedelta

from flask import Flask
from flask_security import RoleMixin, SQLAlchemyUserDatastore

from board.accounts.models import Passkey, User
from board.accounts.sessions import init_sessions
from board.extensions import db, security

ARGON2_OWASP = {"argon2__memory_cost": 19 * 1024, "argon2__time_cost": 2, "argon2__parallelism": 1}


def init_accounts(app: Flask) -> None:
    """Configure and bind Flask-Security."""
    key = app.config["SECRET_KEY"]
    app.config.update(
        SECURITY_PASSWORD_SALT=key,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2_OWASP,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CONFIRM_EMAIL_WITHIN=timedelta(days=2),
        SECURITY_FLASH_MESSAGES=True,
    )
    datastore = SQLAlchemyUserDatastore(db, User, RoleMixin, Passkey)
    security.init_app(app, datastore, register_blueprint=True)
    init_sessions(app)
