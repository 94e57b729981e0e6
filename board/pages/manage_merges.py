"""`/manage/articles/…/ids`: other IDs of an article, and the articles that were merged into it."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import Refused, load
from board.accounts.current import staff
from board.accounts.models import User
from board.accounts.reach import reach
from board.answers import private
from board.articles.models import Article
from board.articles.rules import WrongFields
from board.comments.merging import add_alias, article_called, comment_count, undo_merge
from board.extensions import db
from board.pages.manage import manage


@manage.get("/articles/<int:number>/ids")
def show_ids(number: int) -> Response:
    """Send who comes here by a link to the article, where the forms are."""
    return _back(_load(number, staff("editor")))


@manage.post("/articles/<int:number>/ids")
def add_id(number: int) -> Response:
    """Let another ID lead to the article; ask first if that is the ID of another article."""
    user = staff("editor")
    article = _load(number, user)
    external_id = request.form.get("external_id", "").strip()
    other = article_called(article.site_id, external_id)
    if other and other.id != article.id and "sure" not in request.form:
        count = comment_count(other)
        return private(make_response(render_template("manage/merge.html", article=article, other=other, count=count)))
    try:
        add_alias(article, external_id, by=user)
    except WrongFields as wrong:
        db.session.rollback()
        flash(" ".join(wrong.errors.values()), "error")
        return _back(_load(number, user))
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return _back(_load(number, user))
    db.session.commit()
    flash(_("%(id)s leads here now.", id=external_id), "success")
    return _back(article)


@manage.post("/articles/<int:number>/ids/<int:other>/removal")
def remove_id(number: int, other: int) -> Response:
    """Take two merged articles apart."""
    user = staff("editor")
    article, merged = _load(number, user), _load(other, user)
    if merged.merged_into_id == article.id:  # else somebody was quicker
        undo_merge(merged, by=user)
        db.session.commit()
    flash(_("%(id)s is an article of its own again.", id=merged.external_id), "success")
    return _back(article)


def _load(number: int, user: User) -> Article:
    return load(select(Article).where(Article.id == number, reach(user, "editor").covers(Article.site_id)))


def _back(article: Article) -> Response:
    return redirect(url_for("manage.article", number=article.id, _anchor="ids"), 303)
