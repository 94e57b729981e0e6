"""`/manage/ballots`: write, preview, publish, place, close, and read the results."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import NotThere, load
from board.accounts.current import staff
from board.accounts.models import User
from board.accounts.reach import reach
from board.answers import private
from board.articles.managing import site_to_manage, sites_to_manage
from board.articles.models import Article, Site
from board.articles.pictures import PictureRefused
from board.articles.uploads import takes_pictures, uploaded
from board.ballots.facts import facts_of
from board.ballots.forms import BallotForm, ManageForm, PlaceForm, RestForm
from board.ballots.health import health_of
from board.ballots.models import Ballot, Placement, Sponsor
from board.ballots.operations import (
    close_ballot,
    find_articles,
    picture_option,
    place_ballot,
    publish_ballot,
    rewrite_ballot,
    take_ballot_off,
    tighten_ballot,
    write_ballot,
)
from board.ballots.patterns import PATTERNS, clone_of
from board.ballots.placing import BallotView
from board.ballots.tally import counts_by_ballot, counts_of
from board.ballots.terms import TermsRefused, is_slug
from board.csrf import SAFE_METHODS
from board.days import own_zone
from board.extensions import db

blueprint = Blueprint("manage_ballots", __name__, url_prefix="/manage/ballots")

UNPROCESSABLE = 422
LIST_LIMIT = 200


@blueprint.get("")
def ballots() -> Response:
    """List the ballots, newest first."""
    user = staff("editor")
    own = select(Ballot).where(reach(user, "editor").covers(Ballot.site_id))
    query = own.order_by(Ballot.created_at.desc(), Ballot.id.desc()).limit(LIST_LIMIT)
    found = db.session.scalars(query).unique().all()
    counts = counts_by_ballot(ballot.id for ballot in found)
    views = [BallotView(ballot, counts=counts[ballot.id]) for ballot in found]
    names = {site.id: site.name for site in sites_to_manage(user)}
    html = render_template("ballots/manage/ballots.html", views=views, sites=names)
    return private(make_response(html))


@blueprint.route("/new", methods=["GET", "POST"])
def new_ballot() -> BaseResponse:
    """Write a ballot."""
    user = staff("editor")
    like = load_ballot(request.args["like"], user) if request.args.get("like") else None
    site = like.site if like and "site" not in request.values else site_to_manage(user)
    is_chosen = request.method == "POST" and "pattern" in request.form
    pattern = PATTERNS.get(request.values.get("pattern") or request.form.get("started_with", ""))
    form = BallotForm.starting(pattern.settings if pattern else {}, clone_of(like) if like else None)
    sites = {"site": site, "sites": sites_to_manage(user)}
    context = {"ballot": None, "patterns": PATTERNS, "pattern": pattern, "like": like, **sites, **offered(site)}
    if is_chosen:
        form.follow(pattern.settings if pattern else {})
    elif request.method == "POST":
        try:
            terms = form.terms()
            articles = find_articles(site, terms.places)
            ballot = write_ballot(site, terms, by=user)
        except TermsRefused as refused:
            return refuse(form, refused, "ballots/manage/edit.html", **context)
        for article in articles:
            place_ballot(ballot, article, by=user)
        return saved(ballot, _("Saved as a draft. This is what readers will see; publish it when it is right."))
    return form_page(form, "ballots/manage/edit.html", **context)


@blueprint.get("/<slug>")
def ballot(slug: str) -> Response:
    """Show a ballot as readers see it, its numbers and where it stands."""
    found = load_ballot(slug, staff("editor"))
    return ballot_page(found, RestForm.showing(found), PlaceForm(formdata=None))


@blueprint.route("/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> BaseResponse:
    """Change a ballot that has not opened."""
    user = staff("editor")
    found = load_ballot(slug, user)
    form = BallotForm.showing(found)
    context = {"ballot": found, **offered(found.site)}
    if request.method == "POST":
        try:
            rewrite_ballot(found, form.terms(found), by=user)
        except TermsRefused as refused:
            return refuse(form, refused, "ballots/manage/edit.html", **context)
        return saved(found, _("Saved."))
    return form_page(form, "ballots/manage/edit.html", **context)


@blueprint.post("/<slug>/rest")
def tighten(slug: str) -> BaseResponse:
    """Close earlier or hide the results for longer, of a ballot that has opened."""
    user = staff("editor")
    found = load_ballot(slug, user)
    form = RestForm.showing(found, is_sent=True)
    try:
        closes_at = form.moment("closes_at", found.closes_at)
        tighten_ballot(found, closes_at=closes_at, results=form.results.data or "", by=user)
    except TermsRefused as refused:
        db.session.rollback()
        form.refuse(refused.faults)
        return ballot_page(found, form, PlaceForm(formdata=None))
    return saved(found, _("Saved."))


@blueprint.route("/<slug>/publication", methods=["GET", "POST"])
def publication(slug: str) -> BaseResponse:
    """Publish a draft."""
    user = staff("editor")
    found = load_ballot(slug, user)
    if request.method in SAFE_METHODS:
        html = render_template("ballots/manage/publication.html", ballot=found, facts=facts_of(found))
        return private(make_response(html))
    try:
        publish_ballot(found, by=user)
    except TermsRefused as refused:
        form = BallotForm.showing(found)
        return refuse(form, refused, "ballots/manage/edit.html", ballot=found, **offered(found.site))
    return saved(found, _("Published."))


@blueprint.route("/<slug>/closing", methods=["GET", "POST"])
def closing(slug: str) -> BaseResponse:
    """End the voting now."""
    user = staff("editor")
    found = load_ballot(slug, user)
    if request.method in SAFE_METHODS:
        return private(make_response(render_template("ballots/manage/closing.html", ballot=found)))
    close_ballot(found, by=user)
    return saved(found, _("Voting has closed."))


@blueprint.post("/<slug>/options/<int:option_id>/picture")
@takes_pictures
def picture(slug: str, option_id: int) -> BaseResponse:
    """Show a picture beside an option, or none."""
    user = staff("editor")
    found = load_ballot(slug, user)
    option = found.option(option_id)
    if option is None:
        raise NotThere
    is_gone, content = "remove" in request.form, uploaded(request.files.get("picture"))
    try:
        if not (is_gone or content):
            raise PictureRefused(_("Choose a file first."))
        picture_option(found, option, b"" if is_gone else content, by=user)
    except PictureRefused as refused:
        db.session.rollback()
        return ballot_page(found, RestForm.showing(found), PlaceForm(formdata=None), {option_id: str(refused)})
    return saved(found, _("Saved."))


@blueprint.post("/<slug>/placements")
def place(slug: str) -> BaseResponse:
    """Put the ballot on an article's page."""
    user = staff("editor")
    found = load_ballot(slug, user)
    form = PlaceForm()
    try:
        (article,) = find_articles(found.site, [(form.places.data or "").strip()])
    except TermsRefused as refused:
        db.session.rollback()
        form.refuse(refused.faults)
        return ballot_page(found, RestForm.showing(found), form)
    place_ballot(found, article, by=user)
    return saved(found, _("Placed on “%(title)s”.", title=article.title))


@blueprint.post("/<slug>/placements/<int:article_number>/removal")
def take_off(slug: str, article_number: int) -> BaseResponse:
    """Take the ballot off an article's page."""
    user = staff("editor")
    found = load_ballot(slug, user)
    article = load(select(Article).where(Article.id == article_number, Article.site_id == found.site_id))
    take_ballot_off(found, article, by=user)
    return saved(found, _("Taken off “%(title)s”. Its votes stay.", title=article.title))


def load_ballot(slug: str, user: User) -> Ballot:
    """Return the ballot, draft or not, if it is within the editor's reach. Raises NotThere."""
    if not is_slug(slug):
        raise NotThere
    return load(select(Ballot).where(Ballot.slug == slug, reach(user, "editor").covers(Ballot.site_id)))


def offered(site: Site) -> dict[str, object]:
    """Return what the form offers to choose from: sponsors, sections, and the latest articles."""
    sponsors = select(Sponsor.name).where(Sponsor.site_id == site.id).order_by(Sponsor.name).limit(LIST_LIMIT)
    latest = (
        select(Article.external_id, Article.title, Article.section)
        .where(Article.site_id == site.id)
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(LIST_LIMIT)
    )
    articles = db.session.execute(latest).all()
    sections = sorted({article.section for article in articles if article.section})
    return {"sponsors": list(db.session.scalars(sponsors)), "articles": articles, "sections": sections}


def ballot_page(
    ballot: Ballot, rest: RestForm, place_form: PlaceForm, picture_errors: dict[int, str] | None = None
) -> Response:
    """Answer with the ballot's page, and what is wrong in one of its forms."""
    numbers = BallotView(ballot, counts=counts_of(ballot.id))
    query = select(Article).join(Placement, Placement.article_id == Article.id).where(Placement.ballot_id == ballot.id)
    placed_on = db.session.scalars(query.order_by(Placement.placed_at)).unique().all()
    html = render_template(
        "ballots/manage/ballot.html",
        ballot=ballot,
        numbers=numbers,
        preview=BallotView(ballot, counts=numbers.counts, is_preview=True),
        health=None if ballot.is_draft else health_of(ballot, len(placed_on)),
        placed_on=placed_on,
        facts=facts_of(ballot),
        rest=rest,
        place_form=place_form,
        picture_errors=picture_errors or {},
        zone=own_zone().key,
        **offered(ballot.site),
    )
    return private(make_response(html, UNPROCESSABLE if rest.errors or place_form.errors or picture_errors else 200))


def refuse(form: ManageForm, refused: TermsRefused, template: str, **context: object) -> Response:
    """Undo everything and show the form as typed, with what is wrong beside the fields."""
    db.session.rollback()
    form.refuse(refused.faults)
    return form_page(form, template, **context)


def form_page(form: ManageForm, template: str, **context: object) -> Response:
    """Answer with a form."""
    html = render_template(template, form=form, zone=own_zone().key, **context)
    return private(make_response(html, UNPROCESSABLE if form.errors else 200))


def saved(ballot: Ballot, text: str) -> BaseResponse:
    """Commit, and go to the ballot's page."""
    db.session.commit()
    flash(text, "success")
    return redirect(url_for("manage_ballots.ballot", slug=ballot.slug), 303)
