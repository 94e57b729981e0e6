"""Who may do what to a comment: each rule one sentence and one predicate."""

from datetime import datetime
from typing import Any

from flask import current_app

from board.storage import now


class CommentRules:
    """The rules, for the stored comment and for the lighter one that a page shows."""

    site_id: Any
    author_id: Any
    state: Any
    is_listed: Any
    lock_id: Any
    created_at: Any

    @property
    def is_thread_open(self) -> bool:
        """Tell whether the article still takes comments."""
        raise NotImplementedError

    def is_written_by(self, user: Any) -> bool:
        """Tell whether this is the member's own comment."""
        return bool(user is not None and user.is_authenticated and user.id == self.author_id)

    def is_visible_to(self, user: Any) -> bool:
        """What has a place on the page is everybody's; what is held, its author's and the moderators'."""
        if self.is_listed:
            return True
        return self.is_written_by(user) or (self.state != "deleted" and self._is_moderated_by(user))

    def can_be_edited_by(self, user: Any) -> bool:
        """Authors may edit what stands, for as long as the operator gives them.

        Not what is published, while everything that they write is to be seen by a moderator first.
        """
        if not (self.is_written_by(user) and user.can_post(self.site_id) and self._stands()):
            return False
        return now() < self.editable_until and (self.state == "held" or not user.is_held(self.site_id))

    def can_be_deleted_by(self, user: Any) -> bool:
        """Authors may always delete what stands."""
        return self.is_written_by(user) and bool(user.active) and self._stands()

    def can_be_liked_by(self, user: Any) -> bool:
        """Members may like what others published while the discussion is open, also in a locked branch."""
        is_open = self.state == "published" and self.is_thread_open
        return _is_member(user) and user.can_react(self.site_id) and is_open and not self.is_written_by(user)

    def can_be_reported_by(self, user: Any) -> bool:
        """Members may report what others published, also when the thread is closed."""
        if not (_is_member(user) and user.can_report(self.site_id)):
            return False
        return self.state == "published" and not self.is_written_by(user)

    def can_be_decided_by(self, user: Any) -> bool:
        """Moderators decide on what others wrote; as authors they may delete their own."""
        return self._is_moderated_by(user) and not self.is_written_by(user)

    def can_be_removed_by(self, user: Any) -> bool:
        """Moderators may remove what stands, if others wrote it."""
        return self.can_be_decided_by(user) and self._stands()

    def can_be_restored_by(self, user: Any) -> bool:
        """Moderators may bring back what is removed, and publish what is held, if others wrote it."""
        return self.can_be_decided_by(user) and self.state in {"held", "removed"}

    def can_show_history_to(self, user: Any) -> bool:
        """Moderators see what an edited comment said before."""
        return self._is_moderated_by(user)

    @property
    def takes_replies(self) -> bool:
        """Tell whether anybody may reply: it is published, its branch is not locked, and the discussion is open."""
        return bool(self.state == "published" and self.lock_id is None and self.is_thread_open)

    @property
    def editable_until(self) -> datetime:
        """Return when the author's time to edit ends."""
        end: datetime = self.created_at + current_app.config["BOARD"].comment_edit_window
        return end

    def _is_moderated_by(self, user: Any) -> bool:
        return bool(user is not None and user.is_authenticated and user.moderates(self.site_id))

    def _stands(self) -> bool:
        return self.state in {"published", "held"}


def _is_member(user: Any) -> bool:
    return bool(user is not None and user.is_authenticated)
