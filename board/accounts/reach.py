"""On which sites a member of the staff may work.

`member.role` counts on every site; a row of `site_role` counts on one. Whoever loads something for the staff puts the
reach INTO the query (`.where(reach.covers(Comment.site_id))`): what lies outside is not found, so nothing has to be
checked afterwards, and nothing can be forgotten.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from board.config import ROLES, SITE_ROLES
from board.extensions import Model

if TYPE_CHECKING:
    from board.accounts.models import User


class SiteRole(Model):
    """What a member may do on one site, beside what their own role lets them do on all."""

    __tablename__ = "site_role"
    __table_args__ = (CheckConstraint("role IN ('moderator', 'editor')", name="role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))


@dataclass(frozen=True)
class Reach:
    """The sites on which somebody may do what a role may; `sites` is None for all of them, `whose` for nobody's."""

    sites: frozenset[int] | None = frozenset()
    whose: int | None = None

    def covers(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that the site in this column is within reach."""
        if self.sites is None:
            return true()
        return column.in_(sorted(self.sites)) if self.sites else false()

    def spares(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that the member in this column is another: nobody decides about themselves."""
        return true() if self.whose is None else column != self.whose

    def includes(self, site_id: int | None) -> bool:
        """Tell whether one site is within reach; what belongs to no site is within reach of those for all."""
        return self.sites is None or site_id in self.sites

    @property
    def is_everywhere(self) -> bool:
        """Tell whether it is every site, those to come as well."""
        return self.sites is None

    def __bool__(self) -> bool:
        """Tell whether there is any site in it."""
        return self.sites is None or bool(self.sites)


EVERYWHERE = Reach(None)


def reach(user: "User", role: str) -> Reach:
    """Return the sites on which the member may do what the role may.

    Costs a query, once a request, for those who have a role on single sites only.
    """
    if user.has_rank(role):
        return Reach(None, user.id)
    if not (user.active and user.has_site_roles and role in SITE_ROLES):
        return Reach(whose=user.id)
    rank = ROLES.index(role)
    return Reach(frozenset(one.site_id for one in user.site_roles if ROLES.index(one.role) >= rank), user.id)
