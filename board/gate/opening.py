"""What of an article this reader may read, and where it breaks off.

Withheld blocks are dropped here, before any template sees them.
"""

import re
from dataclasses import dataclass

from flask import Response, after_this_request, request
from flask_login import current_user
from markupsafe import Markup

from board.answers import private
from board.articles.models import Article
from board.gate.forms import UnlockForm, unlock_form
from board.gate.readers import has_address_for
from board.web import join_safe

CONTINUE_ID = "continue"
FIRST_TAG = re.compile(r"<([a-z][a-z0-9]*)>")


@dataclass
class Opening:
    """An article's text as far as this reader may read it, and the gate after it."""

    article: Article
    kind: str  # open, email or members
    is_open: bool
    blocks: list[str]
    cut: int  # blocks before the place where it breaks off
    form: UnlockForm | None = None
    is_fresh: bool = False  # opened by this very press, without a reload
    has_asked_for_newsletter: bool = False  # and so may expect a mail

    @property
    def is_personal(self) -> bool:
        """Tell whether these bytes are for this reader alone."""
        return self.is_open and self.kind != "open"

    @property
    def before(self) -> Markup:
        """Return the part that everybody may read."""
        return join_safe(self.blocks[: self.cut])

    @property
    def after(self) -> Markup:
        """Return the part behind the gate; its first block is where the reader goes on. Empty when withheld."""
        rest = self.blocks[self.cut :]
        if rest and self.is_personal:
            rest = [_with_anchor(rest[0], is_focused=self.is_fresh), *rest[1:]]
        return join_safe(rest)

    @property
    def needs_confirmation(self) -> bool:
        """Tell whether the reader is signed in and only has to confirm the address."""
        return not self.is_open and bool(current_user.is_authenticated)


def opening_for(article: Article) -> Opening:
    """Return what this request's reader may read of the article.

    What was opened for one reader is kept out of every shared cache, whichever view shows it.
    """
    free = article.free_blocks
    if not article.is_gated:
        return Opening(article, "open", True, free, len(free))
    if can_read_all(article):
        return opened(article, has_asked=request.args.get("newsletter") == "asked")
    form = unlock_form(article) if article.gate == "email" else None
    return Opening(article, article.gate, False, free, len(free), form)


def opening_apart(article: Article) -> Opening:
    """Return the gate as it stands on a publisher's page, which may have the text itself."""
    if article.gate == "open":
        return Opening(article, "open", True, [], 0)
    if can_read_all(article):
        return opened(article)
    free = article.free_blocks
    form = unlock_form(article) if article.gate == "email" else None
    return Opening(article, article.gate, False, free, len(free), form)


def opened(article: Article, *, is_fresh: bool = False, has_asked: bool = False) -> Opening:
    """Return the whole text, for a reader who has passed the gate."""
    after_this_request(_keep_private)
    cut = len(article.free_blocks)
    return Opening(article, article.gate, True, article.body_blocks, cut, None, is_fresh, has_asked)


def can_read_all(article: Article) -> bool:
    """Confirmed members pass every gate; a reader who left an address passes the site's e-mail gates."""
    if current_user.is_authenticated and current_user.is_confirmed:
        return True
    return article.gate == "email" and has_address_for(article.site_id)


def _with_anchor(block: str, *, is_focused: bool) -> str:
    """Mark the block as the place to go on; after a press without a reload it also gets the focus."""
    marks = f'id="{CONTINUE_ID}"' + (' tabindex="-1" autofocus' if is_focused else "")
    if FIRST_TAG.match(block):
        return FIRST_TAG.sub(rf"<\1 {marks}>", block, count=1)
    return f"<div {marks}>{block}</div>"


def _keep_private(response: Response) -> Response:
    return private(response)
