"""The page that verifies a ledger by itself: one file with its script, its style and its words inside.

Its policy names its script and its style by their hashes, so nothing else in it can ever run; saved and opened from
disk, the same policy holds, because it is in the page too. It sends nothing anywhere.
"""

import base64
import hashlib
import re
from pathlib import Path

from flask import current_app, render_template
from flask_babel import gettext as _
from markupsafe import Markup

STYLE = "verify/page.css"
SCRIPTS = ("js/ledger/hashing.js", "js/ledger/outcome.js", "js/ledger/verifying.js", "verify/page.js")
INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def offline_page() -> str:
    """Return the page in the interface's language."""
    style, script = _file(STYLE), "\n".join(_file(name) for name in SCRIPTS)
    policy = _policy(style, script)
    return render_template(
        "ballots/ledger/verify.html",
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        words=words(),
    )


def offline_policy(page: str) -> str:
    """Return the policy of the answer: that of the page, and nobody may frame it."""
    parts = dict(INLINE.findall(page))
    return f"{_policy(parts['style'], parts['script'])}; frame-ancestors 'none'"


def words() -> dict[str, str]:
    """Return what the script says, by code; each fault is about one line."""
    return {
        "holds": _("This ledger holds."),
        "fails": _("This ledger does not hold."),
        "summary": _("{lines} lines, {votes} votes, {entries} entries."),
        "head": _("Newest entry, sealed {at}:"),
        "no_result": _("It has no result yet: that follows when voting has closed and the results are shown."),
        "result": _("Recounted: {counted} votes counted, {replaced} replaced, {voided} voided, {undecided} undecided."),
        "winner": _("Winner: {names}"),
        "tied": _("Tied for first place: {names}"),
        "nobody": _("nobody"),
        "option": _("Option"),
        "score_votes": _("Votes (points)"),
        "votes": _("Votes"),
        "round": _("Round {number}"),
        "out": _("out"),
        "reading": _("Reading: {done} MB"),
        "unreadable": _("The file could not be read. Choose it again."),
        "line": _("Line {line}:"),
        "receipt_found": _("This vote is in line {line}, under seal {seal} of {at}."),
        "receipt_missing": _("No vote in this ledger has this receipt. It may be newer than the ledger you chose."),
        "receipt_bad": _("A receipt is 32 letters and digits, from 0 to 9 and a to f."),
        "receipt_standing": _("It is: {standing}."),
        "receipt_choice": _("It chose: {names}."),
        "counted": _("counted"),
        "replaced": _("replaced by a later choice of the same voter"),
        "undecided": _("set aside and not decided yet, so not counted"),
        "voided": _("voided"),
        **_fault_words(),
    }


def _fault_words() -> dict[str, str]:
    return {
        "empty": _("the ledger is empty; it has to begin with the ballot’s terms"),
        "breaks_off": _("the ledger breaks off: no entry seals its last {found} lines"),
        "no_json": _("this is not one JSON object"),
        "not_canonical": _("this is not written in the canonical form: keys in order, no spaces, whole numbers"),
        "field": _("a field is missing or of the wrong kind ({said})"),
        "kind": _("there is no kind of line called “{said}”"),
        "no_hash": _("{said} is no hash: 64 hexadecimal digits"),
        "terms": _("a ledger has its terms once, in the first line, and this page knows version 1"),
        "link": _("it follows an entry with the hash {said}, and the entry before it has {found}"),
        "altered": _("this entry was altered: its hash is {said}, and its contents give {found}"),
        "dated": _("it is dated {said}, before the entry that it follows"),
        "loosened": _(
            "after the opening, a ballot can only be closed earlier, hide its results longer or gain options"
        ),
        "unsealed": _("no entry seals {found} of the lines before this one"),
        "not_votes": _("lines {first} to {last} have to be votes, and some are not"),
        "root": _(
            "seal {number} covers lines {first} to {last}, and something in them was changed, added or dropped: "
            "the sealed root is {said}, and these lines give {found}"
        ),
        "field_differs": _("its {name} is {said}, and this ledger gives {found}"),
        "field_number": _("number"),
        "field_votes": _("number of votes"),
        "field_total": _("number of votes so far"),
        "field_root": _("root over its lines"),
        "field_openings": _("number of votes opened"),
        "field_standings": _("number of votes that count differently now"),
        "field_turnout": _("turnout"),
        "field_counts": _("count of the votes"),
        "field_winners": _("winner"),
        "field_rounds": _("run-off"),
        "gone": _("option {said} was there from the start, and has to stay"),
        "twice": _("this vote is in line {at} already"),
        "vote_order": _("a seal lists its votes by handle, and this one belongs further up"),
        "opened_twice": _("the vote in line {at} has been opened already"),
        "commitment": _(
            "this is not what the vote in line {at} committed to: "
            "its commitment is {said}, and this opening gives {found}"
        ),
        "replaced_twice": _("the vote in line {at} has been replaced by another one already"),
        "opening_order": _("votes are opened in the order in which they stand, and this one belongs further up"),
        "not_open": _("the vote in line {at} has not been opened yet"),
        "standing": _("a vote is counted, replaced, undecided or voided, never “{said}”"),
        "no_vote": _("no vote in this ledger has the handle {said}"),
        "never_opened": _("this vote is never opened"),
        "is_replaced": _("another vote replaces this one, and it is taken to be “{said}”"),
        "not_replaced": _("no vote replaces this one, and it is taken to be “{said}”"),
        "no_choice": _("it is no choice by the ballot’s rules"),
    }


def _file(name: str) -> str:
    return (Path(str(current_app.static_folder)) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
