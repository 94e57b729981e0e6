"""An editor starts a ballot from a pattern or from an earlier one, says where it is seen, and looks after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.choices import one
from board.ballots.forms import USUAL_WORK_BITS
from board.ballots.health import health_of
from board.ballots.models import Ballot
from board.ballots.patterns import PATTERNS
from board.ballots.votes import Doubt, Origin, cast_vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import make_ballot
from tests.conftest import Browser
from tests.factories import make_site

SIX_FIELDS = {
    "question": "Best ensemble?",
    "options": "The Tollgate\nThe Lamplighter",
    "sponsor": "Stagecraft Ltd",
    "sponsor_url": "https://stagecraft.example/",
    "closes_at": "",
    "places": "opening-night",
}


@pytest.fixture
def desk(browser_for: Callable[[User], Browser], editor: User) -> Browser:
    return browser_for(editor)


def test_an_editor_of_several_sites_says_whose_the_ballot_is(
    browser_for: Callable[[User], Browser], admin: User, site: Site
) -> None:
    desk = browser_for(admin)
    form = {"question": "Best ensemble?", "options": "One\nTwo"}
    assert '<select id="site"' not in desk.get("/manage/ballots/new").text
    other = make_site("my-paper", "My Paper")
    assert '<option value="my-paper">My Paper</option>' in desk.get("/manage/ballots/new").text
    started = desk.post("/manage/ballots/new", {**form, "site": "my-paper", "pattern": next(iter(PATTERNS))})
    assert '<option value="my-paper" selected>' in started.text
    assert desk.post("/manage/ballots/new", {**form, "site": "my-paper"}).status_code == 303
    ballot = only_ballot()
    assert ballot.site_id == other.id
    assert "<bdi>My Paper</bdi>" in desk.get("/manage/ballots").text
    assert '<option value="my-paper" selected>' in desk.get(f"/manage/ballots/new?like={ballot.slug}").text


def only_ballot() -> Ballot:
    return db.session.query(Ballot).one()


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_presets_what_makes_its_kind(desk: Browser, name: str) -> None:
    page = desk.get(f"/manage/ballots/new?pattern={name}").text
    assert "like=" not in page.split("<form")[-1].split(">")[0]
    for setting, value in PATTERNS[name].settings.items():
        wanted = f'value="{value}"'
        inputs = [tag for tag in page.split("<input") if f'name="{setting}"' in tag and wanted in tag]
        assert inputs and (setting == "max_choices" or "checked" in inputs[0].split(">")[0])


def test_choosing_a_pattern_keeps_what_is_typed(desk: Browser, article: Article) -> None:
    typed = {**SIX_FIELDS, "options": "The Tollgate | A bridge\nThe Lamplighter", "method": "one", "slug": "ensemble"}
    page = desk.post("/manage/ballots/new", {**typed, "pattern": "award"})
    assert page.status_code == 200
    assert db.session.query(Ballot).count() == 0
    for text in ("Best ensemble?", "The Tollgate | A bridge", "Stagecraft Ltd", "opening-night", 'value="ensemble"'):
        assert text in page.text
    (email,) = [tag for tag in page.text.split("<input") if 'name="who"' in tag and 'value="email"' in tag]
    assert "checked" in email.split(">")[0]
    assert 'value="award" formnovalidate aria-pressed="true"' in page.text
    assert page.text.index("<button hidden>") < page.text.index('name="pattern"'), "Enter saves, and chooses no pattern"


def test_six_fields_make_a_ballot_on_its_article(desk: Browser, article: Article) -> None:
    settings = {"who": "anyone", "results": "after-vote", "kind": "presented", "can_change": "y"}
    assert desk.post("/manage/ballots/new?pattern=favourite&like=", {**SIX_FIELDS, **settings}).status_code == 303
    made = only_ballot()
    assert (made.is_draft, made.disclosure, made.reach) == (True, "Sponsored · presented by Stagecraft Ltd", "placed")
    assert article.title in desk.get(f"/manage/ballots/{made.slug}").text


def test_article_that_is_not_there_is_told_beside_its_field(desk: Browser, article: Article) -> None:
    settings = {"who": "anyone", "results": "after-vote", "kind": "presented"}
    answer = desk.post("/manage/ballots/new", {**SIX_FIELDS, **settings, "places": "nowhere"})
    assert answer.status_code == 422
    assert "There is no article “nowhere”" in answer.text
    assert db.session.query(Ballot).count() == 0


def test_ballot_like_another_has_its_terms_but_not_its_times_and_address(desk: Browser, site: Site) -> None:
    former = make_ballot(site, "best-of-2025", method="score", results="after-close", closes_at=now())
    page = desk.get("/manage/ballots/new?like=best-of-2025").text
    assert former.question in page and "Musical 1\nMusical 2" in page
    assert "best-of-2025" not in page.split("<form")[-1].split("</form")[0].replace("like=best-of-2025", "")


def test_section_needs_its_name(desk: Browser, site: Site) -> None:
    settings = {"who": "anyone", "results": "after-vote", "kind": "presented", "places": "", "reach": "section"}
    assert "Write the section" in desk.post("/manage/ballots/new", {**SIX_FIELDS, **settings}).text
    assert desk.post("/manage/ballots/new", {**SIX_FIELDS, **settings, "section": "Reviews"}).status_code == 303
    assert (only_ballot().reach, only_ballot().section) == ("section", "Reviews")


def test_editor_asks_for_proof_of_work(desk: Browser, site: Site) -> None:
    settings = {"who": "anyone", "results": "after-vote", "kind": "presented", "places": "", "needs_work": "y"}
    assert desk.post("/manage/ballots/new", {**SIX_FIELDS, **settings}).status_code == 303
    made = only_ballot()
    assert made.work_bits == USUAL_WORK_BITS
    again = {**SIX_FIELDS, **settings, "slug": made.slug, "needs_work": ""}
    again.pop("needs_work")
    assert desk.post(f"/manage/ballots/{made.slug}/edit", again).status_code == 303
    db.session.expire_all()
    assert only_ballot().work_bits == 0


def test_section_that_would_be_ignored_is_told(desk: Browser, site: Site) -> None:
    settings = {"who": "anyone", "results": "after-vote", "kind": "presented", "places": "", "section": "Reviews"}
    answer = desk.post("/manage/ballots/new", {**SIX_FIELDS, **settings, "reach": "placed"})
    assert answer.status_code == 422
    assert "Choose “On all articles of a section”" in answer.text


def test_section_without_an_article_is_a_concern(site: Site, article: Article) -> None:
    ballot = make_ballot(site, reach="section", section="Revews")
    assert health_of(ballot, places=0).concerns == ["No article is in the section “Revews” yet."]
    article.section = "Revews"
    db.session.commit()
    assert health_of(ballot, places=0).concerns == []


def test_editor_reads_the_rules_before_publishing(desk: Browser, site: Site) -> None:
    make_ballot(site, state="draft", method="ranked", who="email", results="by-hand")
    page = desk.get("/manage/ballots/best-musical/publication").text
    for rule in ("instant run-off", "once for each address", "When I show them", "When you close it"):
        assert rule in page
    assert 'name="email"' in desk.get("/manage/ballots/best-musical").text


def test_health_tells_turnout_and_what_waits(desk: Browser, site: Site) -> None:
    ballot = make_ballot(site)
    option = one(ballot.options[0].id)
    cast_vote(ballot, "m:1", option)
    cast_vote(ballot, "m:2", option, Origin(judge=lambda _choice, _is_new: [Doubt("burst")]))
    cast_vote(ballot, "m:1", one(ballot.options[1].id))
    db.session.commit()
    health = health_of(ballot, places=0)
    assert health.turnout == (1, 1, 0, 1)
    assert (health.waiting, health.last_hour) == (3, 3)
    assert "No article shows this ballot" in health.concerns[0]
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert "Is the worker running?" in health_of(ballot, places=1).concerns[0]
    assert "in quarantine" in desk.get("/manage/ballots/best-musical").text
