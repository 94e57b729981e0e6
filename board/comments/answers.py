"""How the routes of comments answer: a partial to the page's script, a page or a redirect to everybody else."""

from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import NotThere, load
from board.accounts.models import User
from board.answers import is_for_everybody, is_fragment, kept, next_path, private
from board.articles.loading import article_path, house_name, house_path
from board.articles.models import Article, Site
from board.blanks import filled_in
from board.comments import reading
from board.comments.composer import make_composer
from board.comments.discussion import machines_html
from board.comments.featured import featured_in
from board.comments.forms import CommentForm
from board.comments.layout import list_html, thread_html
from board.comments.models import Comment, CommentRevision
from board.comments.page import ThreadPage, comment_paths
from board.comments.posted import posted_html
from board.comments.profile import profile_page
from board.comments.sorting import MAX_INTEGER
from board.comments.thread import grow, load_replies, thread_page
from board.comments.threads import thread_of
from board.comments.visits import first_new, visit_to
from board.extensions import db
from board.screening import TextRefused
from board.screening.rules import guidelines_html
from board.screening.taught import rules_of


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Answer with a page or partial that only this person may keep."""
    return private(make_response(render_template(template, **context), status))


def public_page(template: str, *, has_overlay: bool = False, **context: Any) -> Response:
    """Answer with a part of a thread, which caches may keep if it is the same for everybody."""
    is_public = is_for_everybody(thread_only=True)
    html = render_template(template, public_page=is_public, **context)
    return kept(make_response(html), is_public=is_public, has_overlay=has_overlay)


def way_to(comment: Comment) -> str:
    """Return the address of the article's page, opened at the comment."""
    return f"{article_path(comment.article, comment=comment.id)}#comment-{comment.id}"


def show_thread(article: Article) -> Response:
    """Answer with a page of the thread; the script that asks for the next page gets only what to append."""
    if is_fragment():
        return show_part(thread_page(article, current_user))
    thread = thread_page(article, current_user, article_path(article, "comments.thread"))
    is_public = is_for_everybody(thread_only=True)
    values = {
        "site_name": house_name(),
        "front_path": house_path(),
        "title": article.title,
        "article_url": article_path(article),
        "machines": machines_html(thread),
        "thread": thread_html(thread, is_public=is_public),
    }
    if is_public:
        html = filled_in("comments/thread.html", values, public_page=True)
    else:
        html = Markup(render_template("comments/thread.html", **values, public_page=False))  # noqa: S704 - a template
    return kept(make_response(html), is_public=is_public, has_overlay=bool(thread.overlay_url))


def show_part(thread: ThreadPage) -> Response:
    """Answer the page's script with the thread, or only with what to append."""
    is_public = is_for_everybody(thread_only=True)
    html = list_html(thread) if "after" in request.args else thread_html(thread, is_public=is_public)
    return kept(make_response(html), is_public=is_public)


def show_version(article: Article) -> Response:
    """Answer with the thread's version and number of comments, for pages that ask whether there is something new."""
    thread = thread_of(article.id)
    counted = {"version": thread.version, "comments": thread.comment_count} if thread else {"version": 0, "comments": 0}
    return kept(jsonify(counted), is_public=True)


def show_visit(article: Article) -> Response:
    """Answer when a visit was noted: with nothing to the page's script, which noted it unasked."""
    if is_fragment():
        return private(make_response("", 204))
    return redirect(article_path(article) + "#comments", 303)


def lead_to_first_new(article: Article, member: User) -> Response:
    """Lead to the oldest comment that is new since the member's last visit; to the thread if there is none."""
    visit = visit_to(article, member.id)
    comment_id = first_new(article, visit) if visit else None
    way = f"{article_path(article, comment=comment_id)}#comment-{comment_id}"
    return redirect(way if comment_id else article_path(article) + "#comments", 302)


def show_replies(parent: Comment) -> Response:
    """Answer with the replies between two ordinals, alone or under the comment that they answer."""
    asked = request.args
    thread = load_replies(
        parent.article,
        parent,
        comment_paths(),
        after=number(asked.get("after"), -1),
        before=number(asked.get("before"), None),
        level=min(number(asked.get("level"), parent.depth), parent.depth),
        viewer=current_user,
    )
    if is_fragment():
        return public_page("comments/_more.html", thread=thread)
    return public_page(
        "comments/replies.html", thread=thread, parent=parent, above=alone(parent), back_url=way_to(parent)
    )


def show_form(
    article: Article,
    parent: Comment | None = None,
    form: CommentForm | None = None,
    status: int = 200,
    preview_html: str = "",
    *,
    refusal: TextRefused | None = None,
) -> Response:
    """Answer with the form for a comment or a reply, as far as it was filled in, and with what its author is asked."""
    composer = make_composer(article, current_user, parent, form)
    composer.preview_html = preview_html
    composer.ask(refusal)
    if is_fragment():
        return page("comments/_composer.html", status, composer=composer)
    above = alone(parent) if parent else None
    back_url = way_to(parent) if parent else article_path(article) + "#comments"
    return page("comments/compose.html", status, composer=composer, above=above, back_url=back_url)


def alone(comment: Comment) -> ThreadPage:
    """Return a page's worth of one comment, without its replies."""
    shown = reading.with_ids([comment.id])
    thread = ThreadPage(comment.article, "oldest", 0, [], comment_paths(), article_path(comment.article), current_user)
    shown[0].listed_reply_count = 0
    thread.featured_ids = featured_in(comment.article_id)
    grow(thread, shown, [])
    return thread


def show_comment(comment: Comment, otherwise: Response) -> Response:
    """Answer with the comment alone to the page's script."""
    if not is_fragment():
        return otherwise
    thread = alone(comment)
    return page("comments/_own.html", thread=thread, node=thread.nodes[0])


def show_posted(comment: Comment, parent: Comment | None) -> Response:
    """Answer with the new comment, and with the form empty again if it was not a reply's."""
    return private(make_response(posted_html(comment, parent, comment_paths()), 201))


def show_what_is_left(comment: Comment) -> Response:
    """Answer after a deletion: with the emptied comment, or nothing if it left no gap."""
    if comment.is_listed:
        return show_comment(comment, redirect(way_to(comment), 303))
    if is_fragment():
        return page("comments/_gone.html")
    return redirect(article_path(comment.article) + "#comments", 303)


def ask_for_deletion(comment: Comment) -> Response:
    """Answer with the question whether to delete."""
    template = "comments/_deletion.html" if is_fragment() else "comments/deletion.html"
    action = url_for("comments.deletion", comment_id=comment.id)
    return page(template, comment=comment, action=action, back_url=way_to(comment))


def show_reaction(comment: Comment, is_liked: bool) -> Response:
    """Answer with the like button as it is now; a plain form goes back to where the comment stands."""
    path = url_for("comments.permalink", comment_id=comment.id)
    if is_fragment():
        values = {"path": path, "likes": str(comment.like_count or "")}
        return private(make_response(filled_in("comments/_reaction.html", values, is_liked=is_liked)))
    back = next_path(path).partition("#")[0]
    return redirect(f"{back}#comment-{comment.id}", 303)


def show_history(comment: Comment) -> Response:
    """Answer with the comment's earlier texts, oldest first."""
    query = select(CommentRevision).where(CommentRevision.comment_id == comment.id).order_by(CommentRevision.id)
    revisions = list(db.session.scalars(query))
    return page("comments/history.html", comment=comment, revisions=revisions, back_url=way_to(comment))


def show_guidelines(site: Site) -> Response:
    """Answer with the site's guidelines."""
    html = guidelines_html(rules_of(site))
    if not html:
        raise NotThere
    return page("comments/guidelines.html", site=site, guidelines_html=html)


def show_profile(member_id: int) -> Response:
    """Answer with a member's name and comments."""
    author = load(select(User).where(User.id == member_id, User.active))
    return page("comments/profile.html", author=author, profile=profile_page(author, request.args))


def number(text: str | None, otherwise: Any) -> Any:
    """Return the number in a query string, or what stands for none."""
    if text is None or not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        return otherwise
    return max(-1, min(int(text), MAX_INTEGER))
