"""Who is asking."""

from typing import cast

from flask import current_app
from flask_login import current_user

from board.access import SecondFactorNeeded, permit
from board.accounts.models import User


def member() -> User:
    """Return the signed-in member. Raises SignInNeeded for a signed-out reader."""
    permit(bool(current_user.is_authenticated))
    return cast(User, current_user._get_current_object())


def staff(role: str) -> User:
    """Return the signed-in member, who has at least the role somewhere and the second factor the operator asks for.

    What they then look at is loaded within their reach: see `board/accounts/reach.py`.
    """
    user = member()
    permit(user.works_as(role))
    if current_app.config["BOARD"].staff_need_second_factor and not user.has_second_factor:
        raise SecondFactorNeeded
    return user
