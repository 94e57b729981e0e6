"""What stands in and around the form in which a comment or a reply is written."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for

from board.articles.loading import article_path
from board.articles.models import Article, Site
from board.comments.drafts import find_kept
from board.comments.forms import CommentForm, draft_name, new_form, new_key
from board.comments.models import Comment, viewer_id
from board.csrf import form_token
from board.screening import GuidelinesUnread, MayBreakRules, TextRefused
from board.screening.rules import guidelines_html
from board.screening.taught import rules_of


@dataclass
class Composer:
    """What `comments/_composer.html` shows."""

    article: Article
    parent: Comment | None
    viewer: Any
    filled: CommentForm | None  # the form with what somebody typed, or what is wrong with it
    action: str
    draft: str  # the name under which the browser keeps what is typed
    preview_html: str = ""
    guidelines_html: str = ""  # shown before a member's first comment
    advice: list[str] = field(default_factory=list)  # what may break the rules

    @cached_property
    def form(self) -> CommentForm:
        """Return the form, made when it is asked for: the empty one of most pages has its HTML ready."""
        return self.filled or new_form(self.viewer)

    @property
    def is_open(self) -> bool:
        """Tell whether a text would be accepted here."""
        return self.parent.takes_replies if self.parent else self.article.takes_comments

    def ask(self, refusal: TextRefused | None) -> None:
        """Take what the author is asked before their text is posted."""
        if isinstance(refusal, GuidelinesUnread):
            self.guidelines_html = guidelines_html(rules_of(self.article.site))
        elif isinstance(refusal, MayBreakRules):
            self.advice = refusal.advice

    @property
    def is_discussion_open(self) -> bool:
        """Tell whether the article takes comments at all."""
        return self.article.takes_comments

    @property
    def is_untouched(self) -> bool:
        """Tell whether it is the page's own form, with nothing in it and nothing to say."""
        said = self.preview_html or self.guidelines_html or self.advice
        is_empty = self.filled is None or not (self.filled.body.errors or self.filled.body.data)
        return self.parent is None and is_empty and not said

    @property
    def guidelines_url(self) -> str:
        """Return where the site's guidelines are; empty if it has none."""
        return guidelines_url_on(self.article.site)

    @property
    def is_member(self) -> bool:
        """Tell whether somebody signed in writes here."""
        return bool(viewer_id(self.viewer))

    @property
    def element_id(self) -> str:
        """Return the form's ID on the page, where several may be open."""
        return f"reply-form-{self.parent.id}" if self.parent else "comment-form"

    @property
    def token(self) -> str:
        """Return the token that shows that the form is from a page of ours."""
        return form_token()

    @property
    def key(self) -> str:
        """Return what makes sending the form twice have one effect; empty on the page that all readers share."""
        return self.filled.key.data or "" if self.filled else new_key(self.viewer)

    @property
    def preview_url(self) -> str:
        """Return where the page's script asks what the text will look like."""
        return url_for("comments.preview")

    @property
    def register_url(self) -> str:
        """Return where a reader becomes a member, and comes back from."""
        return url_for("security.register", next=self._here_url)

    @property
    def log_in_url(self) -> str:
        """Return where a reader logs in, and comes back from."""
        return url_for("security.login", next=self._here_url)

    @property
    def _here_url(self) -> str:
        """Return the address to come back to after logging in."""
        if self.parent:
            return url_for("comments.replies", comment_id=self.parent.id)
        return article_path(self.article) + "#comment-form"


def guidelines_url_on(site: Site) -> str:
    """Return where the site's guidelines are; empty if it has none."""
    if not rules_of(site).text("guidelines"):
        return ""
    return url_for("comments.guidelines", site=None if site.is_primary else site.slug)


def make_composer(
    article: Article, viewer: Any, parent: Comment | None = None, form: CommentForm | None = None
) -> Composer:
    """Return the composer with this form, or an empty one, or with the text of this member that waits here."""
    action = url_for("comments.reply", comment_id=parent.id) if parent else article_path(article, "comments.post")
    filled = form or _kept_form(article, viewer, parent)
    return Composer(article, parent, viewer, filled, action, draft_name(article.id, parent))


def empty_composer(article: Article, viewer: Any) -> Composer:
    """Return the composer of a member whose text has just been posted: none waits here."""
    return Composer(article, None, viewer, None, article_path(article, "comments.post"), draft_name(article.id))


def _kept_form(article: Article, viewer: Any, parent: Comment | None) -> CommentForm | None:
    kept = find_kept(viewer, article, parent)
    if kept is None:
        return None
    form = new_form(viewer, kept.body)
    return form.refuse(kept.problem) if kept.problem else form
