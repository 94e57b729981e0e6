"""What voters were asked, and by which rules: frozen in the chain's first entry, and what may change afterwards.

After the opening a ballot can only be tightened: closed earlier, results hidden for longer. Options that readers wrote
in are added as an editor accepts them.
"""

from sqlalchemy import select

from board.ballots.ledger.lines import CHANGE, TERMS, VERSION, Entry, moment
from board.ballots.models import RESULTS, Ballot, BallotOption
from board.extensions import db

CHANGEABLE = ("closes_at", "options", "results")


def terms_of(ballot: Ballot) -> Entry:
    """Return the ballot's terms as they are now."""
    sponsor = ballot.sponsor.name if ballot.sponsor else ""
    return {
        "slug": ballot.slug,
        "kind": ballot.kind,
        "question": ballot.question,
        "method": ballot.method,
        "max_choices": ballot.max_choices,
        "options": [{"id": each.id, "text": each.text} for each in options_of(ballot) if each.state == "listed"],
        "takes_write_ins": ballot.takes_write_ins,
        "disclosure": {"version": ballot.disclosure_version, "text": ballot.disclosure, "sponsor": sponsor},
        "who": ballot.who,
        "work_bits": ballot.work_bits,
        "can_change": ballot.can_change,
        "opens_at": moment(ballot.opens_at) if ballot.opens_at else None,
        "closes_at": moment(ballot.closes_at) if ballot.closes_at else None,
        "results": ballot.results,
    }


def options_of(ballot: Ballot) -> list[BallotOption]:
    """Return all options, with those that readers proposed, in the order of their IDs."""
    query = select(BallotOption).where(BallotOption.ballot_id == ballot.id).order_by(BallotOption.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)).unique())


def write_ins_of(ballot: Ballot) -> list[Entry]:
    """Return what became of each option that is not, or no longer, listed. What nobody accepted has no text here."""
    unlisted = [option for option in options_of(ballot) if option.state != "listed"]
    return [{"id": option.id, "state": option.state, "into": option.merged_into_id} for option in unlisted]


def opening_body(ballot: Ballot) -> Entry:
    """Return what the chain's first entry says."""
    return {"ledger": VERSION, "terms": terms_of(ballot)}


def as_sealed(entries: list[Entry]) -> Entry:
    """Return the terms that hold after these entries: the first one's, with the changes since."""
    terms: Entry = {}
    for each in entries:
        if each["type"] == TERMS:
            terms = dict(each["terms"])
        elif each["type"] == CHANGE:
            terms = changed(terms, each["terms"])
    return terms


def changed(terms: Entry, change: Entry) -> Entry:
    """Return the terms after a change; its options are added."""
    added = change.get("options", [])
    return {**terms, **change, "options": [*terms["options"], *added]}


def change_between(sealed: Entry, present: Entry) -> Entry:
    """Return what a change entry has to say of the present terms, if anything; only what may change is in it."""
    known = {option["id"] for option in sealed["options"]}
    added = [option for option in present["options"] if option["id"] not in known]
    change = {name: present[name] for name in ("closes_at", "results") if present[name] != sealed[name]}
    return {**change, "options": added} if added else change


def loosened(terms: Entry, change: Entry) -> list[str]:
    """Say what in the change is no tightening."""
    faults = [f"“{name}” cannot change once voting has opened" for name in change if name not in CHANGEABLE]
    closes_at, planned = change.get("closes_at"), terms.get("closes_at")
    if "closes_at" in change and planned is not None and (closes_at is None or closes_at > planned):
        faults.append(f"voting was to close at {planned}, and a change can only bring that forward")
    results = change.get("results", terms.get("results"))
    if results not in RESULTS or RESULTS.index(results) < RESULTS.index(terms["results"]):
        faults.append("results can be hidden for longer, never shown earlier")
    known = {option["id"] for option in terms["options"]}
    if any(option["id"] in known for option in change.get("options", [])):
        faults.append("an option can be added, never changed")
    return faults
