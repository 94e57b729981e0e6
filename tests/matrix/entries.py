"""What an entry of the matrix says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "table"

ANONYMOUS, MEMBER, MODERATOR, FAR_MODERATOR, EDITOR, FAR_EDITOR, ADMIN = ROLES = (
    "anonymous",
    "member",
    "moderator of this site",
    "moderator of another site",
    "editor",
    "editor of another site",
    "admin",
)

MAY = "may"  # the entry's own status
LOGIN = "login"  # 303 to the log-in page
DENIED = "denied"  # 403: known, and may not
LOST = "lost"  # 404: as if there were nothing

Audience = Mapping[str, str | int]  # or a status of the role's own

EVERYBODY: Audience = dict.fromkeys(ROLES, MAY)
MEMBERS: Audience = {**EVERYBODY, ANONYMOUS: LOGIN}
NOBODY_ELSE: Audience = {**dict.fromkeys(ROLES, DENIED), ANONYMOUS: LOGIN}
AUTHOR: Audience = {**NOBODY_ELSE, MEMBER: MAY}  # the scene's member wrote it
MODERATORS: Audience = {
    **NOBODY_ELSE, MODERATOR: MAY, FAR_MODERATOR: LOST, EDITOR: MAY, FAR_EDITOR: LOST, ADMIN: MAY,
}  # fmt: skip
MODERATORS_ANYWHERE: Audience = {**MODERATORS, FAR_MODERATOR: MAY, FAR_EDITOR: MAY}
EDITORS: Audience = {**NOBODY_ELSE, EDITOR: MAY, FAR_EDITOR: LOST, ADMIN: MAY}
EDITORS_ANYWHERE: Audience = {**EDITORS, FAR_EDITOR: MAY}
ADMINS: Audience = {**NOBODY_ELSE, ADMIN: MAY}


@dataclass(frozen=True)
class Entry:
    """One method of one route.

    `path` and `form` take the scene's values in braces: `/comments/{comment}`. `logs` is the action that the log has
    afterwards, if a change was made; `silent` is why a route that takes forms leaves no entry. `made_up` says that the
    walk sends something that is refused, such as a link's token, and where the real thing is shown.
    """

    method: str
    endpoint: str
    path: str
    who: Audience
    status: int = 200
    form: Mapping[str, Any] = field(default_factory=dict)
    logs: str = ""
    silent: str = ""
    made_up: str = ""

    @property
    def route(self) -> tuple[str, str]:
        """Return what the entry is about."""
        return self.method, self.endpoint


def get(endpoint: str, path: str, who: Audience, status: int = 200) -> Entry:
    """Return the entry of a page."""
    return Entry("GET", endpoint, path, who, status)


def post(endpoint: str, path: str, who: Audience, status: int = 303, method: str = "POST", **more: Any) -> Entry:
    """Return the entry of a form."""
    return Entry(method, endpoint, path, who, status, **more)


def all_entries() -> list[Entry]:
    """Return the entries of every table."""
    names = sorted(file.stem for file in TABLE.glob("*.py") if file.stem != "__init__")
    return [entry for name in names for entry in import_module(f"tests.matrix.table.{name}").ENTRIES]
