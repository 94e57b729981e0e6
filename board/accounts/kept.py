"""What the features above accounts keep of a member: they say how it is exported and erased with the account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from board.accounts.models import User


@dataclass(frozen=True)
class Kept:
    """One thing that is kept of a member."""

    export: Callable[[User], Any]  # returns what is kept, as JSON can hold it
    erase: Callable[[User], None]  # the caller commits


_kept: dict[str, Kept] = {}


def keeps(name: str, *, export: Callable[[User], Any], erase: Callable[[User], None]) -> None:
    """Let a feature say, when it is bound, what it keeps; `name` is that of the field in the export."""
    _kept[name] = Kept(export, erase)


def export_kept(member: User) -> dict[str, Any]:
    """Return what all features keep of the member, by name."""
    return {name: kept.export(member) for name, kept in _kept.items()}


def erase_kept(member: User) -> None:
    """Erase what all features keep of the member. The caller commits."""
    for kept in _kept.values():
        kept.erase(member)
