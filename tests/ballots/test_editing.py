"""Editors write, publish, place and close ballots; once voting has opened, a ballot can only be tightened."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.ballots.models import Ballot, Sponsor
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import cast, counts, make_ballot, make_sponsor, place
from tests.conftest import Browser

SignIn = Callable[[User], Browser]

PAGES = ["", "/new", "/best-musical", "/best-musical/edit", "/best-musical/publication", "/best-musical/closing"]
DEEDS = [
    "/new",
    "/best-musical/edit",
    "/best-musical/rest",
    "/best-musical/publication",
    "/best-musical/closing",
    "/best-musical/placements",
    "/best-musical/placements/1/removal",
    "/best-musical/options/1/picture",
]


@pytest.fixture
def desk(browser_for: SignIn, editor: User) -> Browser:
    """Return the editor's browser."""
    return browser_for(editor)


def form_of(**more: Any) -> dict[str, Any]:
    """Return what an editor sends for a whole ballot."""
    return {
        "question": "Which is the best play?",
        "options": "Hamlet\nMacbeth\n\nOthello",
        "results": "after-vote",
        "who": "anyone",
        "kind": "presented",
        "can_change": "y",
        **more,
    }


def the_ballot() -> Ballot:
    """Return the only ballot."""
    return db.session.scalars(select(Ballot)).unique().one()


@pytest.mark.parametrize("path", PAGES)
def test_only_editors_see_the_pages(browser_for: SignIn, moderator: User, ballot: Ballot, path: str) -> None:
    assert browser_for(moderator).get(f"/manage/ballots{path}").status_code == 403


@pytest.mark.parametrize("path", DEEDS)
def test_only_editors_act(
    browser_for: SignIn, reader: Browser, moderator: User, ballot: Ballot, article: Article, path: str
) -> None:
    assert browser_for(moderator).post(f"/manage/ballots{path}", form_of()).status_code == 403
    assert "/login" in reader.post(f"/manage/ballots{path}", form_of()).headers["Location"]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_ballot_goes_from_draft_to_the_article_to_its_close(desk: Browser, reader: Browser, article: Article) -> None:
    answer = desk.post("/manage/ballots/new", form_of(sponsor="Stagecraft Ltd", sponsor_url="https://s.example/"))
    path = "/manage/ballots/which-is-the-best-play"
    assert answer.headers["Location"] == path
    page = desk.get(path).text
    assert "Sponsored · presented by" in page
    assert "Hamlet" in page
    assert reader.get("/ballots/which-is-the-best-play").status_code == 404
    desk.post(f"{path}/placements", {"places": article.external_id})
    desk.post(f"{path}/publication")
    assert "Which is the best play?" in reader.get("/articles/opening-night").text
    assert cast(reader, the_ballot(), 0).status_code == 200
    desk.post(f"{path}/closing")
    assert cast(reader, the_ballot(), 1).status_code == 409
    assert counts(the_ballot()) == [1, 0, 0]
    assert "100%" in desk.get(path).text
    done = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert done == ["sponsor.added", "ballot.written", "ballot.placed", "ballot.published", "ballot.closed"]


def test_mistake_keeps_what_was_typed_and_changes_nothing(desk: Browser, site: Site) -> None:
    answer = desk.post("/manage/ballots/new", form_of(options="Hamlet", sponsor="New Ltd", closes_at="soon"))
    assert answer.status_code == 422
    assert "soon" in answer.text
    answer = desk.post("/manage/ballots/new", form_of(options="Hamlet", sponsor="New Ltd"))
    assert "Give at least two options" in answer.text
    assert "Which is the best play?" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Sponsor)) == 0


def test_address_is_taken_once(desk: Browser, ballot: Ballot) -> None:
    answer = desk.post("/manage/ballots/new", form_of(slug=ballot.slug, sponsor="New Ltd"))
    assert answer.status_code == 422
    assert "already" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Sponsor)) == 0


def test_question_is_frozen_once_voting_has_opened(desk: Browser, ballot: Ballot) -> None:
    answer = desk.post(f"/manage/ballots/{ballot.slug}/edit", form_of())
    assert answer.status_code == 409
    assert the_ballot().question == "Which is the best musical?"


def test_published_ballot_can_be_edited_until_it_opens(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site, opens_at=now() + timedelta(days=1))
    assert desk.post(f"/manage/ballots/{ballot.slug}/edit", form_of(slug=ballot.slug)).status_code == 303
    assert the_ballot().question == "Which is the best play?"


def test_unchanged_options_stay_the_same_options(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site, state="draft")
    ids = {option.text: option.id for option in ballot.options}
    desk.post(f"/manage/ballots/{ballot.slug}/edit", form_of(slug=ballot.slug, options="Musical 3\nNew\nMusical 1"))
    assert [option.text for option in the_ballot().options] == ["Musical 3", "New", "Musical 1"]
    assert the_ballot().options[0].id == ids["Musical 3"]


def test_open_ballot_can_be_closed_earlier_and_never_later(desk: Browser, site: Site) -> None:
    planned = now() + timedelta(days=2)
    ballot = make_ballot(site, closes_at=planned)
    path = f"/manage/ballots/{ballot.slug}/rest"
    later = (planned + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for refused in (later, "", "2020-01-01T00:00"):
        assert desk.post(path, {"closes_at": refused, "results": "after-vote"}).status_code == 422
    assert the_ballot().closes_at == planned
    earlier = (planned - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert desk.post(path, {"closes_at": earlier, "results": "after-vote"}).status_code == 303
    assert the_ballot().closes_at.strftime("%Y-%m-%dT%H:%M") == earlier  # type: ignore[union-attr]


def test_results_of_an_open_ballot_can_be_hidden_longer_and_never_shown_earlier(desk: Browser, ballot: Ballot) -> None:
    path = f"/manage/ballots/{ballot.slug}/rest"
    assert desk.post(path, {"closes_at": "", "results": "always"}).status_code == 422
    assert desk.post(path, {"closes_at": "", "results": "after-close"}).status_code == 303
    assert the_ballot().results == "after-close"


def test_sponsored_ballot_is_not_published_without_its_disclosure(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site, state="draft", sponsor_id=make_sponsor(site).id, disclosure="")
    answer = desk.post(f"/manage/ballots/{ballot.slug}/publication")
    assert answer.status_code == 422
    assert "Say who pays" in answer.text
    assert the_ballot().is_draft


def test_database_itself_refuses_a_sponsor_without_a_disclosure(site: Site, ballot: Ballot) -> None:
    sponsor = make_sponsor(site)
    with pytest.raises(IntegrityError):
        db.session.execute(update(Ballot).values(sponsor_id=sponsor.id, disclosure=""))
    db.session.rollback()


def test_option_named_for_a_sponsor_links_to_it(desk: Browser, site: Site) -> None:
    make_sponsor(site)
    desk.post("/manage/ballots/new", form_of(kind="for_sponsor", options="Stagecraft Ltd\nNobody"))
    assert [bool(option.sponsor) for option in the_ballot().options] == [True, False]
    assert the_ballot().disclosure == "Sponsored · readers vote for our sponsors"


def test_ballot_is_taken_off_an_article_and_keeps_its_votes(
    desk: Browser, reader: Browser, article: Article, ballot: Ballot
) -> None:
    place(ballot, article)
    cast(reader, ballot, 0)
    desk.post(f"/manage/ballots/{ballot.slug}/placements/{article.id}/removal")
    assert ballot.question not in reader.get("/articles/opening-night").text
    assert counts(ballot) == [1, 0, 0]


def test_unknown_article_is_said_beside_the_field(desk: Browser, ballot: Ballot) -> None:
    answer = desk.post(f"/manage/ballots/{ballot.slug}/placements", {"places": "nowhere"})
    assert answer.status_code == 422
    assert "There is no article “nowhere”" in answer.text


def test_sponsor_is_kept_with_a_logo(desk: Browser, site: Site) -> None:
    content = BytesIO()
    Image.new("RGB", (40, 20), "red").save(content, "PNG")
    content.seek(0)
    form = {"name": "Stagecraft Ltd", "url": "https://s.example/", "logo": (content, "logo.png")}
    answer = desk.post("/manage/sponsors/new", form, content_type="multipart/form-data")
    assert answer.status_code == 303
    sponsor = db.session.scalars(select(Sponsor)).unique().one()
    assert sponsor.picture is not None
    ballot = make_ballot(site, sponsor_id=sponsor.id, disclosure="Sponsored")
    assert sponsor.picture.sha256 in desk.get(f"/ballots/{ballot.slug}").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " "}, "legal name"),
        ({"name": "x" * 121}, "Too long by 1 character"),
        ({"name": "Taken"}, "already"),
        ({"name": "A", "url": "javascript:alert(1)"}, "whole address"),
        ({"name": "A", "url": "//s.example"}, "whole address"),
        ({"name": "A", "url": 'https://s.example/\n"<'}, "whole address"),
        ({"name": "A", "logo": (BytesIO(b"no picture"), "logo.png")}, "picture"),
    ],
)
def test_wrong_sponsor_is_refused(desk: Browser, site: Site, form: dict[str, Any], said: str) -> None:
    make_sponsor(site, "Taken")
    sent = {name: (BytesIO(b"no picture"), "logo.png") if name == "logo" else value for name, value in form.items()}
    answer = desk.post("/manage/sponsors/new", sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.scalar(select(func.count()).select_from(Sponsor)) == 1


@pytest.mark.parametrize("path", ["/ballots/%00", "/ballots/A", "/manage/ballots/%00", "/ballots/" + "x" * 300])
def test_address_that_cannot_be_a_ballot_is_not_there(desk: Browser, site: Site, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_editor_chooses_method_order_and_notes(desk: Browser, site: Site) -> None:
    rules = {"method": "several", "max_choices": "2", "option_order": "random", "takes_write_ins": "y"}
    desk.post("/manage/ballots/new", form_of(options="Hamlet | A prince waits\nMacbeth\nAC|DC", **rules))
    ballot = the_ballot()
    assert (ballot.method, ballot.max_choices, ballot.option_order) == ("several", 2, "random")
    assert [(option.text, option.note) for option in ballot.options] == [
        ("Hamlet", "A prince waits"),
        ("Macbeth", ""),
        ("AC|DC", ""),
    ]
    page = desk.get(f"/manage/ballots/{ballot.slug}/edit").text
    assert "Hamlet | A prince waits" in page
    assert 'value="several" checked' in page or 'checked id="method-1"' in page


@pytest.mark.parametrize("most", ["", "0", "4", "two", "-1", "9" * 300])
def test_limit_has_to_fit_the_options(desk: Browser, site: Site, most: str) -> None:
    answer = desk.post("/manage/ballots/new", form_of(method="several", max_choices=most))
    assert answer.status_code == 422
    assert "from 1 to 3" in answer.text


def test_made_address_is_numbered_and_a_typed_one_refused(desk: Browser, site: Site) -> None:
    places = [desk.post("/manage/ballots/new", form_of()).headers["Location"] for _ in range(3)]
    assert [place.rpartition("/")[2] for place in places] == [
        "which-is-the-best-play",
        "which-is-the-best-play-2",
        "which-is-the-best-play-3",
    ]
    assert desk.post("/manage/ballots/new", form_of(slug="which-is-the-best-play")).status_code == 422
    assert desk.post("/manage/ballots/new", form_of(question="New")).headers["Location"].endswith("/new-2")


def test_option_keeps_its_number_when_its_spelling_changes(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site, state="draft")
    before = ballot.options[0].id
    desk.post(f"/manage/ballots/{ballot.slug}/edit", form_of(slug=ballot.slug, options="MUSICAL 1\nOther"))
    assert [option.text for option in the_ballot().options] == ["MUSICAL 1", "Other"]
    assert the_ballot().options[0].id == before


def test_picture_stands_beside_its_option_until_voting_opens(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site, state="draft")
    path = f"/manage/ballots/{ballot.slug}/options/{ballot.options[0].id}/picture"

    def send(content: bytes = b"", **form: Any) -> Any:
        files = {"picture": (BytesIO(content), "a.png")}
        return desk.post(path, {**files, **form}, content_type="multipart/form-data")

    content = BytesIO()
    Image.new("RGB", (40, 20), "red").save(content, "PNG")
    assert "Choose a file first" in send().text
    assert send(b"no picture").status_code == 422
    assert send(content.getvalue()).status_code == 303
    picture = the_ballot().options[0].picture
    assert picture is not None
    assert f"{picture.sha256}" in desk.get(f"/manage/ballots/{ballot.slug}").text
    send(remove="1")
    assert the_ballot().options[0].picture is None
    the_ballot().state, the_ballot().opens_at = "published", now()
    db.session.commit()
    assert send(content.getvalue()).status_code == 409
