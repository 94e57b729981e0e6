"""`/manage/articles`: find, add and edit articles."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.accounts.reach import reach
from board.answers import is_fragment, private
from board.articles.loading import article_path
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Article, Site
from board.articles.operations import add_article, edit_article
from board.articles.rules import WrongFields, seen
from board.articles.typed import article_as_typed, blank_article
from board.articles.uploads import takes_pictures
from board.comments.merging import aliases_of
from board.extensions import db
from board.markup import MarkupError, render_article
from board.pages.forms import ArticleForm
from board.pages.headlines import headlines
from board.pages.manage import manage
from board.web import join_safe

UNPROCESSABLE = 422


@manage.get("/articles")
def articles() -> Response:
    """List a site's articles, newest first, or those that hold a text."""
    user = staff("editor")
    site = site_to_manage(user)
    search = seen(request.args.get("q", "")).strip()[:200]
    page = headlines(site, before=request.args.get("before", ""), after=request.args.get("after", ""), search=search)
    html = render_template("manage/articles.html", site=site, sites=sites_to_manage(user), page=page, search=search)
    return private(make_response(html))


@manage.route("/articles/new", methods=["GET", "POST"])
@takes_pictures
def new_article() -> BaseResponse:
    """Add an article."""
    user = staff("editor")
    site = site_to_manage(user)
    form = ArticleForm(data=blank_article())
    if request.method == "POST" and not _wants_preview():
        try:
            return _saved(add_article(site, form.typed(), by=user))
        except WrongFields as wrong:
            db.session.rollback()
            form.refuse(wrong.errors)
    return _form_page(form, site_to_manage(user), None)


@manage.route("/articles/<int:number>", methods=["GET", "POST"])
@takes_pictures
def article(number: int) -> BaseResponse:
    """Edit an article."""
    user = staff("editor")
    edited = load(select(Article).where(Article.id == number, reach(user, "editor").covers(Article.site_id)))
    form = ArticleForm(data=article_as_typed(edited))
    if request.method == "POST" and not _wants_preview():
        try:
            return _saved(edit_article(edited, form.typed(), by=user))
        except WrongFields as wrong:
            db.session.rollback()
            form.refuse(wrong.errors)
    return _form_page(form, edited.site, edited)


def _wants_preview() -> bool:
    return "preview" in request.form


def _saved(article: Article) -> BaseResponse:
    db.session.commit()
    flash(_("Saved. The page shows it now."), "success")
    return redirect(url_for("manage.article", number=article.id), 303)


def _form_page(form: ArticleForm, site: Site, article: Article | None) -> Response:
    """Show the form as typed, with what is wrong beside the fields, or with the text as readers will see it."""
    preview: Any = None
    if _wants_preview():
        preview = _preview(form)
        if is_fragment():
            return private(make_response(render_template("manage/_preview.html", preview=preview, form=form)))
    path, aliases = (article_path(article), aliases_of(article)) if article else (None, [])
    html = render_template(
        "manage/article.html", form=form, site=site, article=article, path=path, preview=preview, aliases=aliases
    )
    return private(make_response(html, UNPROCESSABLE if form.errors else 200))


def _preview(form: ArticleForm) -> Any:
    """Return the text as HTML; an empty one if it cannot be shown, with the reason beside the field."""
    try:
        return join_safe(render_article(form.body_source.data or ""))
    except MarkupError as error:
        form.refuse({"body_source": str(error)})
        return ""
