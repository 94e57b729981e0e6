"""What a member does not want to see: comments of members they mute, and threads they hide. Nobody else is affected."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import load, permit
from board.accounts.current import member
from board.accounts.models import User
from board.accounts.mutes import MOST_MUTED, mute, muted_by, unmute
from board.answers import next_path
from board.articles.loading import article_path, load_article
from board.comments import visits
from board.comments.answers import page
from board.comments.views import comments
from board.csrf import SAFE_METHODS
from board.extensions import db


@comments.get("/account/quiet")
def quiet() -> Response:
    """List whom the member has muted and which threads they have hidden, to take it back."""
    user = member()
    return page("comments/quiet.html", members=muted_by(user), articles=visits.hidden_by(user))


@comments.post("/members/<int:member_id>/mute")
def mute_member(member_id: int) -> Response:
    """Fold a member's comments."""
    user = member()
    other = load(select(User).where(User.id == member_id))
    permit(other.id != user.id, _("You cannot mute yourself."))
    mute(user, other, _("You have muted %(count)s members. Show one of them again first.", count=MOST_MUTED))
    db.session.commit()
    flash(_("You muted %(name)s. Their comments are folded for you.", name=other.display_name), "success")
    return redirect(next_path(url_for(".profile", member_id=other.id)), 303)


@comments.post("/members/<int:member_id>/mute/end")
def unmute_member(member_id: int) -> Response:
    """Show a member's comments again."""
    unmute(member(), member_id)
    db.session.commit()
    flash(_("Their comments are shown to you again."), "success")
    return redirect(next_path(url_for(".quiet")), 303)


@comments.route("/articles/<path:article_id>/hiding", methods=["GET", "POST"])
def hiding(article_id: str) -> Response:
    """Hide an article's thread from the member: the question, then the hiding."""
    user, article = member(), load_article(article_id)
    if request.method in SAFE_METHODS:
        return page("comments/hiding.html", article=article, back_url=article_path(article) + "#comments")
    visits.hide(article, user)
    db.session.commit()
    flash(_("Hidden from you. You find it again in your account, under “Muted and hidden”."), "success")
    return redirect(article_path(article) + "#comments", 303)


@comments.post("/articles/<path:article_id>/hiding/end")
def unhiding(article_id: str) -> Response:
    """Show a hidden thread again."""
    user, article = member(), load_article(article_id)
    visits.unhide(article, user)
    db.session.commit()
    return redirect(next_path(article_path(article) + "#comments"), 303)
