"""The gate's form, and the links in its mails."""

from flask import Blueprint, make_response, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from board.access import NotThere, permit
from board.accounts.limits import TooManyTries, count_in_network
from board.answers import is_fragment, private
from board.articles.loading import article_path, load_article
from board.articles.models import Article
from board.extensions import csrf, db
from board.gate import operations
from board.gate.forms import UnlockForm, unlock_form
from board.gate.models import Consent, Subscriber, consent_for
from board.gate.opening import CONTINUE_ID, Opening, opened, opening_for
from board.gate.readers import remember_reader
from board.languages import speak_for

UNLOCKS_PER_NETWORK = 600  # in 15 minutes: more than a school reads, fewer than it takes to fill a disk

blueprint = Blueprint("gate", __name__)


@blueprint.get("/articles/<path:article_id>/unlock")
def show_gate(article_id: str) -> Response:
    """Show the gate's form alone; who has passed it goes on reading."""
    article = load_article(article_id)
    opening = opening_for(article)
    if opening.is_open:
        return redirect(_way_on(article), 303)
    return _gate_page(opening, 200)


@blueprint.post("/articles/<path:article_id>/unlock")
def unlock(article_id: str) -> Response:
    """Open the article for an address, and go on where it broke off."""
    article = load_article(article_id)
    permit(article.gate != "members", _("Confirm your e-mail address to read on; the mail we sent has the link."))
    form = unlock_form(article)
    if not form.validate():
        return _refuse(article, form, 422)
    try:
        count_in_network("unlock", UNLOCKS_PER_NETWORK)
    except TooManyTries as refusal:
        form.email.errors = [str(refusal)]
        return _refuse(article, form, 429)
    subscriber = operations.unlock(article, form.address)
    if form.newsletter.data:
        operations.ask_for_newsletter(subscriber, article, form.wording, form.version)
    db.session.commit()
    return _let_in(article, subscriber, form)


@blueprint.get("/newsletter/confirmation/<token>")
def show_confirmation(token: str) -> Response:
    """Ask before confirming: programs that look into mails follow links, people press buttons."""
    consent = _load_consent(token)
    if consent.is_in_force:
        return _confirmed_page(consent)
    template = "gate/confirm.html" if consent.can_be_confirmed else "gate/confirm_late.html"
    return _page(template, 200 if consent.can_be_confirmed else 410, consent=consent, site=consent.subscriber.site)


@blueprint.post("/newsletter/confirmation/<token>")
def confirm_newsletter(token: str) -> Response:
    """Make the address a subscriber."""
    consent = _load_consent(token)
    is_in_force = operations.confirm_newsletter(consent)
    db.session.commit()
    consent = _load_consent(token)
    if is_in_force:
        return _confirmed_page(consent)
    return _page("gate/confirm_late.html", 410, site=consent.subscriber.site)


@blueprint.get("/newsletter/withdrawal/<token>")
def show_leaving(token: str) -> Response:
    """Ask before stopping the newsletter."""
    return _page("gate/leave.html", 200, site=_load_leaver(token).site)


@blueprint.post("/newsletter/withdrawal/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
def leave_newsletter(token: str) -> Response:
    """Stop the newsletter. Mail programs press this by themselves (RFC 8058): the link is the permission."""
    subscriber = _load_leaver(token)
    subscriber.withdraw()
    db.session.commit()
    return _page("gate/left.html", 200, site=_load_leaver(token).site)


def _let_in(article: Article, subscriber: Subscriber, form: UnlockForm) -> Response:
    if is_fragment():
        opening = opened(article, is_fresh=True, has_asked=bool(form.newsletter.data))
        response = make_response(render_template("gate/_text.html", opening=opening))
    else:
        response = make_response(redirect(_way_on(article, asked=bool(form.newsletter.data)), 303))
    remember_reader(response, subscriber)
    return private(response)


def _refuse(article: Article, form: UnlockForm, status: int) -> Response:
    """Say what is wrong beside the field, with what was typed."""
    opening = opening_for(article)
    if opening.is_open:
        return redirect(_way_on(article), 303)
    opening.form = form
    if is_fragment():
        return private(make_response(render_template("gate/_text.html", opening=opening), status))
    return _gate_page(opening, status)


def _gate_page(opening: Opening, status: int) -> Response:
    return _page("gate/unlock.html", status, opening=opening, article=opening.article)


def _way_on(article: Article, *, asked: bool = False) -> str:
    """Return the path of the article at the place where it broke off."""
    more = {"newsletter": "asked"} if asked else {}
    return article_path(article, _anchor=CONTINUE_ID, **more)


def _confirmed_page(consent: Consent) -> Response:
    leaving = operations.leaving_path(consent.subscriber)
    return _page("gate/confirmed.html", 200, site=consent.subscriber.site, leaving_path=leaving)


def _load_consent(token: str) -> Consent:
    consent = consent_for(token)
    if consent is None:
        raise NotThere
    speak_for(consent.site_id)
    return consent


def _load_leaver(token: str) -> Subscriber:
    subscriber = operations.leaver(token)
    if subscriber is None:
        raise NotThere
    speak_for(subscriber.site_id)
    return subscriber


def _page(template: str, status: int, **context: object) -> Response:
    return private(make_response(render_template(template, **context), status))
