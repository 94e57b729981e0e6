"""The scene of the matrix: two sites, everybody's browser, and for each role the things it acts on."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from board.accounts.models import MemberSession, User
from board.articles.models import Article, Site
from board.ballots.choices import one
from board.ballots.models import Ballot, BallotOption
from board.ballots.quarantine import decide as judge_votes
from board.ballots.report import make_link
from board.ballots.votes import Doubt, Origin, cast_vote
from board.extensions import db
from board.moderation.appeals import write_appeal
from board.moderation.decisions import decide
from board.moderation.operations import remove_comment, report_comment
from board.moderation.overdue_feed import make_feed
from board.moderation.sanctioning import sanction_member
from board.moderation.statements import Statement
from board.storage import now
from tests.ballots.conftest import make_ballot, make_sponsor, place
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member, make_site
from tests.matrix.entries import (
    ADMIN,
    ANONYMOUS,
    EDITOR,
    FAR_EDITOR,
    FAR_MODERATOR,
    MEMBER,
    MODERATOR,
    ROLES,
    Entry,
)


@dataclass
class Scene:
    """Who is there, and what the braces of an entry's path stand for, for each role."""

    app: Flask
    site: Site
    other_site: Site
    article: Article
    author: User  # of what the roles look at
    people: dict[str, User] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)  # what is made once for all roles

    def filled(self, role: str, text: str) -> str:
        """Return the text with the role's values in its braces."""
        return text.format_map(self.values[role])

    def send(self, entry: Entry, role: str) -> Any:
        """Ask as the role does."""
        browser, path = self.browsers[role], self.filled(role, entry.path)
        if entry.method == "GET":
            return browser.get(path)
        if entry.method == "DELETE":
            return browser.delete(path)
        form = {self.filled(role, name): self._value(role, value) for name, value in entry.form.items()}
        return browser.post(path, form)

    def _value(self, role: str, value: Any) -> Any:
        if value == "{import_file}":
            return io.BytesIO(IMPORTED), "comments.jsonl"
        if value == "{picture}":
            picture = io.BytesIO()
            Image.new("RGB", (8, 8)).save(picture, "PNG")
            picture.seek(0)
            return picture, "wig.png"
        return self.filled(role, value)


FORMER, SANCTIONED = "who decided before", "who was sanctioned"
IMPORTED = (
    b'{"source": "old", "id": "1", "thread": "opening-night", "author": "Old Hand", "body": "From before.", '
    b'"created": "2020-01-01T00:00:00Z"}\n'
)
Prop = Callable[[Scene, str], Mapping[str, Any]]
PROPS: list[Prop] = []


def prop(make: Prop) -> Prop:
    """Register what puts things on the stage for a role; it returns what the braces stand for."""
    PROPS.append(make)
    return make


def set_scene(app: Flask, wanted: frozenset[str] | None = None) -> Scene:
    """Build the scene; `wanted` names the props, where not all are needed."""
    with app.test_request_context("/"):
        return _set(app, wanted)


def _set(app: Flask, wanted: frozenset[str] | None) -> Scene:
    site, other_site = make_site(), make_site("harbour", "The Harbour Light")
    author = make_member("Otto Other", "otto@example.com")
    scene = Scene(app, site, other_site, make_article(site), author)
    scene.people = _people(site, other_site)
    for role in ROLES:
        scene.browsers[role] = Browser(app).sign_in(scene.people[role]) if role != ANONYMOUS else Browser(app)
        scene.values[role] = {}
        for make in PROPS:
            if wanted is None or make.__name__ in wanted:
                scene.values[role] |= {name: str(value) for name, value in make(scene, role).items()}
    return scene


def _people(site: Site, other_site: Site) -> dict[str, User]:
    make = make_member
    return {
        MEMBER: make("Ada Author", "ada@example.com"),
        MODERATOR: make("Mona Moderator", "mona@example.com", on={site.id: "moderator"}),
        FAR_MODERATOR: make("Fritz Far", "fritz@example.com", on={other_site.id: "moderator"}),
        EDITOR: make("Edda Editor", "edda@example.com", role="editor"),
        FAR_EDITOR: make("Enno Elsewhere", "enno@example.com", on={other_site.id: "editor"}),
        ADMIN: make("Adele Admin", "adele@example.com", role="admin"),
        SANCTIONED: make("Stella Sanctioned", "stella@example.com"),
        FORMER: make("Frida Former", "frida@example.com", role="moderator"),
    }


@prop
def places(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give the sites, the article and a member to look at."""
    return {
        "site": scene.site.id,
        "other_site": scene.other_site.id,
        "article": scene.article.external_id,
        "article_number": scene.article.id,
        "other": scene.author.id,
    }


@prop
def comments(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give comments in each state, one of each kind to every role, so that one role's decision is not another's."""
    names = [*("comment", "to_report", "to_remove", "removed", "removed_too", "held", "reported")]
    names += ["to_remove_at_once", "removed_at_once"]
    made = {name: make_comment(scene.article, scene.author, f"A {name} for the {role}.") for name in names}
    batch = decide([made["removed_at_once"]], "remove", scene.people[ADMIN], reason="spam").record
    assert batch is not None
    for name in ("removed", "removed_too"):
        remove_comment(made[name], scene.people[ADMIN], "spam")
    made["held"].state, made["held"].is_listed = "held", False
    report_comment(made["reported"], scene.people[MEMBER], "spam", "")
    made["own"] = make_comment(scene.article, scene.people[MEMBER], f"My own, before the {role}.")
    db.session.commit()
    return {"batch": batch.id} | {name: comment.id for name, comment in made.items()}


@prop
def judgements(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give what somebody else decided: two of the member's comments, one of them appealed, and a sanction."""
    member, judge = scene.people[MEMBER], scene.people[FORMER]
    decided = [make_comment(scene.article, member, f"Nr {number}, before the {role}.") for number in range(2)]
    for comment in decided:
        remove_comment(comment, judge, "spam")
    about = select(Statement).where(Statement.comment_id.in_([comment.id for comment in decided]))
    open_one, appealed = db.session.scalars(about.order_by(Statement.id)).all()
    write_appeal(appealed, member, "I meant the play.")
    terms = {"site_id": scene.site.id, "reason": "spam", "note": "Adverts.", "until": None}
    sanction = sanction_member(scene.people[SANCTIONED], judge, "hold", **terms)
    db.session.commit()
    a_site = scene.other_site.id if role in {FAR_MODERATOR, FAR_EDITOR} else scene.site.id
    return {"statement": open_one.id, "appeal": appealed.id, "sanction": sanction.id, "a_site": a_site}


@prop
def feeds(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give the site's feed of long waits, the same to every role, and each of the staff their own."""
    if role != ANONYMOUS and scene.people[role].works_as("moderator"):
        make_feed(scene.people[role], scene.people[role])
    first = scene.values[ROLES[0]]
    path = first.get("waiting") or make_feed(scene.site, scene.people[ADMIN])
    db.session.commit()
    return {"waiting": path.removeprefix("http://localhost")}


@prop
def accounts(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give the key of another session of the role's, and a second factor to take away."""
    if role == ANONYMOUS:
        return {"session": "0" * 64}
    user, key = scene.people[role], f"{ROLES.index(role)}" * 64
    user.tf_primary_method = "authenticator"
    db.session.add(MemberSession(token_hash=key, user_id=user.id, expires_at=now() + timedelta(days=1)))
    db.session.commit()
    return {"session": key}


@prop
def ballots(scene: Scene, role: str) -> Mapping[str, Any]:
    """Give the same ballots to every role; on SQLite the stage is set anew after each change."""
    scene.shared = scene.shared or _make_ballots(scene)
    return scene.shared


def _make_ballots(scene: Scene) -> dict[str, Any]:
    site = scene.site
    make_article(site, "gated", gate="email")
    opened = make_ballot(site, "open-ballot")
    draft = make_ballot(site, "draft-ballot", state="draft", opens_at=None)
    shown = make_ballot(site, "shown-ballot", closes_at=now() - timedelta(minutes=1))
    closed = make_ballot(site, "closed-ballot", closes_at=now() - timedelta(minutes=1), results="by-hand")
    placed, reported = make_ballot(site, "placed-ballot"), make_ballot(site, "reported-ballot")
    place(placed, scene.article)
    make_link(reported)
    doubted, judged = _doubted(site, "doubted-ballot"), _doubted(site, "judged-ballot")
    decision = judge_votes(judged, "network", "counted")
    suggested = make_ballot(site, "suggested-ballot", takes_write_ins=True, method="approval")
    write_in = BallotOption(ballot_id=suggested.id, position=9, text="Wicked", state="proposed")
    db.session.add(write_in)
    db.session.commit()
    return {
        "open": opened.slug, "option": opened.options[0].id, "draft": draft.slug,
        "draft_option": draft.options[0].id, "shown": shown.slug, "closed": closed.slug,
        "placed": placed.slug, "linked": reported.slug, "gated": "gated", "sponsor": make_sponsor(site).id,
        "doubted": doubted.slug, "group": "network", "judged": judged.slug, "decision": decision.id,
        "suggested": suggested.slug, "write_in": write_in.id, "listed": suggested.options[0].id,
    }  # fmt: skip


def _doubted(site: Site, slug: str) -> Ballot:
    ballot = make_ballot(site, slug)
    origin = Origin(network="abc", judge=lambda _choice, _is_new: [Doubt("network", "n1")])
    cast_vote(ballot, f"d:{slug}", one(ballot.options[0].id), origin)
    db.session.commit()
    return ballot
