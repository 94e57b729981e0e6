"""What editors do with ballots: write, publish, tighten, close, place. Each act is logged; the caller commits."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from board import audit
from board.access import Refused
from board.articles.models import Article, Site
from board.articles.pictures import keep_picture
from board.ballots.disclosing import usual_disclosure
from board.ballots.models import MAX_SLUG_CHARACTERS, RESULTS, Ballot, BallotOption, Placement, Sponsor, look_of
from board.ballots.terms import (
    RESERVED_SLUGS,
    Terms,
    TermsRefused,
    slug_from,
    sponsor_name_faults,
    tidy,
    url_faults,
)
from board.extensions import db
from board.statements import insert_once
from board.storage import now

NUMBER_CHARACTERS = 6  # room in an address for the number that tells it from another one


def write_ballot(site: Site, terms: Terms, by: Any = None) -> Ballot:
    """Make a draft. Raises TermsRefused, also for an address that another ballot has."""
    terms = terms.checked()
    ballot = Ballot(site_id=site.id, site=site, slug=terms.slug or free_slug(terms.question))
    with db.session.no_autoflush:
        _apply(ballot, terms, by)
    db.session.add(ballot)
    _flush_slug(ballot.slug)
    audit.record("ballot.written", ballot, by=by, after=summary(ballot))
    return ballot


def rewrite_ballot(ballot: Ballot, terms: Terms, by: Any = None) -> None:
    """Change a ballot that has not opened. Raises TermsRefused, and Refused once it has opened."""
    terms = terms.checked()
    ballot.lock()
    if ballot.has_opened or ballot.has_closed:
        raise Refused(_("Voting has opened, so the question, the options and the rules stay as they are."))
    before = summary(ballot)
    if not ballot.is_draft:
        _refuse_late_closing(terms.closes_at)
        terms = _with_opening(terms)
    with db.session.no_autoflush:
        ballot.slug = terms.slug or ballot.slug
        _apply(ballot, terms, by)
    _flush_slug(ballot.slug)
    if not ballot.is_draft:
        _refuse_without_disclosure(ballot)
    audit.record("ballot.rewritten", ballot, by=by, before=before, after=summary(ballot))


def picture_option(ballot: Ballot, option: BallotOption, content: bytes, by: Any = None) -> None:
    """Show a picture beside the option, or none. Raises PictureRefused, and Refused once voting has opened."""
    ballot.lock()
    if ballot.has_opened or ballot.has_closed:
        raise Refused(_("Voting has opened, so the options stay as the first voter saw them."))
    before = option.picture.sha256 if option.picture else None
    option.picture = keep_picture(ballot.site, content) if content else None
    after = {"option": option.text, "picture": option.picture.sha256 if option.picture else None}
    audit.record("ballot.pictured", ballot, by=by, before={"picture": before}, after=after)


def publish_ballot(ballot: Ballot, by: Any = None) -> None:
    """Show the ballot to readers; voting opens at its time, or now. Raises TermsRefused."""
    ballot.lock()
    if not ballot.is_draft:
        return
    _refuse_without_disclosure(ballot)
    _refuse_late_closing(ballot.closes_at)
    ballot.opens_at = max(ballot.opens_at or now(), now())
    ballot.state = "published"
    audit.record("ballot.published", ballot, by=by, after=summary(ballot))


def close_ballot(ballot: Ballot, by: Any = None) -> bool:
    """End the voting now; tell whether it was still open or to come. Raises Refused for a draft."""
    ballot.lock()
    if ballot.is_draft:
        raise Refused(_("This ballot is a draft; there is no voting to close."))
    before = summary(ballot)
    has_ended = ballot.close()
    if has_ended:
        audit.record("ballot.closed", ballot, by=by, before=before, after=summary(ballot))
    return has_ended


def tighten_ballot(ballot: Ballot, *, closes_at: datetime | None, results: str, by: Any = None) -> None:
    """Close earlier or hide the results for longer, all that may change after the opening. Raises TermsRefused."""
    ballot.lock()
    faults = {}
    if closes_at != ballot.closes_at and not _is_earlier(closes_at, ballot.closes_at):
        faults["closes_at"] = [_("Voting has opened, so it can be closed earlier than planned, and not before now.")]
    if results not in RESULTS or RESULTS.index(results) < RESULTS.index(ballot.results):
        faults["results"] = [_("Voting has opened, so results can be hidden for longer, never shown earlier.")]
    if faults:
        raise TermsRefused(faults)
    before = summary(ballot)
    ballot.closes_at, ballot.results = closes_at, results
    audit.record("ballot.tightened", ballot, by=by, before=before, after=summary(ballot))


def place_ballot(ballot: Ballot, article: Article, by: Any = None) -> bool:
    """Put the ballot on the article's page; tell whether it was not there yet."""
    is_new = insert_once(Placement, ballot_id=ballot.id, article_id=article.id, placed_at=now())
    if is_new:
        audit.record("ballot.placed", ballot, by=by, after={"article": article.external_id})
    return is_new


def take_ballot_off(ballot: Ballot, article: Article, by: Any = None) -> bool:
    """Take the ballot off the article's page; tell whether it was there. Its votes stay."""
    gone = delete(Placement).where(Placement.ballot_id == ballot.id, Placement.article_id == article.id)
    was_there = bool(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]
    if was_there:
        audit.record("ballot.taken_off", ballot, by=by, before={"article": article.external_id})
    return was_there


def find_articles(site: Site, external_ids: list[str]) -> list[Article]:
    """Return the site's articles with the IDs, in their order. Raises TermsRefused for those that are not there."""
    askable = [external_id for external_id in external_ids if "\0" not in external_id]  # PostgreSQL takes no U+0000
    query = select(Article).where(Article.site_id == site.id, Article.external_id.in_(askable))
    found = {article.external_id: article for article in db.session.scalars(query).unique()}
    missing = [external_id for external_id in external_ids if external_id not in found]
    if missing:
        text = _("There is no article “%(id)s” on %(site)s. Add it first.", id=missing[0][:80], site=site.name)
        raise TermsRefused({"places": [text]})
    return [found[external_id] for external_id in external_ids]


def sponsor_named(site: Site, name: str, url: str = "", by: Any = None) -> Sponsor:
    """Return the site's sponsor of that legal name, made if it is new. Raises TermsRefused for a link not its own."""
    made = insert_once(Sponsor, site_id=site.id, name=name, url=url, created_at=now())
    sponsor = db.session.scalars(select(Sponsor).where(Sponsor.site_id == site.id, Sponsor.name == name)).unique().one()
    if made:
        audit.record("sponsor.added", sponsor, by=by, after={"name": name, "url": url})
    elif url and url != sponsor.url:
        text = _("%(name)s has another link: %(url)s. Change it among the sponsors.", name=name, url=sponsor.url or "–")
        raise TermsRefused({"sponsor_url": [text]})
    return sponsor


def keep_sponsor(
    sponsor: Sponsor, *, name: str, url: str, logo: bytes = b"", removes_logo: bool = False, by: Any = None
) -> None:
    """Add or change a sponsor. Raises TermsRefused, also for a name that another has, and PictureRefused."""
    name, url = tidy(name), url.strip()
    faults = {"name": sponsor_name_faults(name), "url": url_faults(url)}
    if any(faults.values()):
        raise TermsRefused({field: found for field, found in faults.items() if found})
    before = {"name": sponsor.name, "url": sponsor.url} if sponsor.id else None
    picture = keep_picture(sponsor.site, logo) if logo else None
    sponsor.name, sponsor.url = name, url
    if picture or removes_logo:
        sponsor.picture = picture
    db.session.add(sponsor)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        text = _("There is a sponsor called “%(name)s” already.", name=name)
        raise TermsRefused({"name": [text]}) from error
    _renew_ballots_of(sponsor)
    after = {"name": name, "url": url, "logo": sponsor.picture.sha256 if sponsor.picture else None}
    audit.record("sponsor.edited" if before else "sponsor.added", sponsor, by=by, before=before, after=after)


def _renew_ballots_of(sponsor: Sponsor) -> None:
    """Let nobody go on showing the sponsor as it was."""
    beside = select(BallotOption.ballot_id).where(BallotOption.sponsor_id == sponsor.id)
    shown = or_(Ballot.sponsor_id == sponsor.id, Ballot.id.in_(beside))
    renewing = update(Ballot).where(shown).values(version=Ballot.version + 1)
    db.session.execute(renewing, execution_options={"synchronize_session": False})


def summary(ballot: Ballot) -> dict[str, Any]:
    """Return the ballot's terms for the log."""
    return {
        "slug": ballot.slug,
        "state": ballot.state,
        "kind": ballot.kind,
        "question": ballot.question,
        "method": ballot.method,
        "max_choices": ballot.max_choices,
        "options": [option.text for option in ballot.options],
        "option_order": ballot.option_order,
        "takes_write_ins": ballot.takes_write_ins,
        "work_bits": ballot.work_bits,
        "reach": ballot.reach,
        "section": ballot.section,
        "sponsor": ballot.sponsor.name if ballot.sponsor else None,
        "disclosure": ballot.disclosure,
        "opens_at": ballot.opens_at.isoformat() if ballot.opens_at else None,
        "closes_at": ballot.closes_at.isoformat() if ballot.closes_at else None,
        "results": ballot.results,
        "who": ballot.who,
        "can_change": ballot.can_change,
    }


def _apply(ballot: Ballot, terms: Terms, by: Any) -> None:
    sponsor = sponsor_named(ballot.site, terms.sponsor, terms.sponsor_url, by) if terms.sponsor else None
    ballot.kind, ballot.question = terms.kind, terms.question
    ballot.method, ballot.max_choices = terms.method, terms.max_choices
    ballot.option_order, ballot.takes_write_ins = terms.option_order, terms.takes_write_ins
    ballot.reach, ballot.section = terms.reach, terms.section
    ballot.work_bits = terms.work_bits
    ballot.disclose(terms.disclosure or usual_disclosure(terms.kind, sponsor, ballot.site_id), sponsor)
    ballot.opens_at, ballot.closes_at = terms.opens_at, terms.closes_at
    ballot.results, ballot.who, ballot.can_change = terms.results, terms.who, terms.can_change
    _apply_options(ballot, terms)


def _apply_options(ballot: Ballot, terms: Terms) -> None:
    """Set the options; in a vote for sponsors, one that bears a sponsor's legal name belongs to that sponsor."""
    sponsors = {}
    if terms.kind == "for_sponsor":
        query = select(Sponsor).where(Sponsor.site_id == ballot.site.id, Sponsor.name.in_(terms.options))
        sponsors = {sponsor.name: sponsor for sponsor in db.session.scalars(query).unique()}
    present = {option.look: option for option in ballot.options}
    options = []
    for position, (text, note) in enumerate(zip(terms.options, terms.notes, strict=True)):
        option = present.get(look_of(text)) or BallotOption()
        option.text, option.note = text, note
        option.position, option.sponsor = position, sponsors.get(text)
        options.append(option)
    ballot.options = options


def free_slug(question: str) -> str:
    """Return an address made from the question, numbered if another ballot has it."""
    base = slug_from(question)[: MAX_SLUG_CHARACTERS - NUMBER_CHARACTERS].strip("-")
    taken = set(db.session.scalars(select(Ballot.slug).where(Ballot.slug.startswith(base)))) | RESERVED_SLUGS
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _flush_slug(slug: str) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        text = _("There is a ballot at “%(slug)s” already. Choose another address.", slug=slug)
        raise TermsRefused({"slug": [text]}) from error


def _refuse_without_disclosure(ballot: Ballot) -> None:
    if ballot.needs_disclosure and not ballot.disclosure:
        raise TermsRefused({"disclosure": [_("Say who pays: a ballot with a sponsor needs its disclosure.")]})


def _refuse_late_closing(closes_at: datetime | None) -> None:
    if closes_at and closes_at <= now():
        raise TermsRefused({"closes_at": [_("This closing time has passed. Choose a later one, or none.")]})


def _with_opening(terms: Terms) -> Terms:
    """Return terms whose opening is not in the past: a published ballot opens now at the earliest."""
    return Terms(**{**terms.__dict__, "opens_at": max(terms.opens_at or now(), now())})


def _is_earlier(wanted: datetime | None, planned: datetime | None) -> bool:
    return wanted is not None and wanted > now() and (planned is None or wanted < planned)
