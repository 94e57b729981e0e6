"""`/manage/sites`: the publications, for admins."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.answers import private
from board.articles.managing import sites_to_manage
from board.articles.models import Site
from board.articles.operations import add_site, edit_site, primary_site
from board.articles.rules import WrongFields
from board.articles.typed import site_as_typed
from board.extensions import db
from board.pages.forms import SiteForm
from board.pages.manage import manage
from board.pages.manage_articles import UNPROCESSABLE


@manage.get("/sites")
def sites() -> Response:
    """List the sites."""
    user = staff("admin")
    primary_site()
    return private(make_response(render_template("manage/sites.html", sites=sites_to_manage(user))))


@manage.route("/sites/new", methods=["GET", "POST"])
def new_site() -> BaseResponse:
    """Add a site."""
    user = staff("admin")
    form = SiteForm()
    if request.method == "POST":
        try:
            return _saved(add_site(form.typed(), by=user))
        except WrongFields as wrong:
            db.session.rollback()
            form.refuse(wrong.errors)
    return _form_page(form, None)


@manage.route("/sites/<int:number>", methods=["GET", "POST"])
def site(number: int) -> BaseResponse:
    """Edit a site."""
    user = staff("admin")
    edited = load(select(Site).where(Site.id == number))
    form = SiteForm(data=site_as_typed(edited))
    if request.method == "POST":
        try:
            return _saved(edit_site(edited, form.typed(), by=user))
        except WrongFields as wrong:
            db.session.rollback()
            form.refuse(wrong.errors)
    return _form_page(form, edited)


def _saved(site: Site) -> BaseResponse:
    db.session.commit()
    flash(_("Saved: %(name)s.", name=site.name), "success")
    return redirect(url_for("manage.sites"), 303)


def _form_page(form: SiteForm, site: Site | None) -> Response:
    html = render_template("manage/site.html", form=form, site=site)
    return private(make_response(html, UNPROCESSABLE if form.errors else 200))
