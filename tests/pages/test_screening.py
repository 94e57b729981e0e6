"""`/manage/sites/<n>/screening`: whose it is, what it shows, and that trying changes nothing."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.comments.models import Comment
from board.comments.replaying import replay
from board.extensions import db
from board.markup import excerpt, render_comment
from board.screening import TextRefused
from board.screening.catalogue import ADVICE, STEPS
from board.screening.operations import change_rules
from board.screening.rules import BY_NAME, Rules, judged, with_values
from board.screening.taught import rules_of
from tests.conftest import Browser
from tests.factories import make_comment, make_member, make_site

PATH = "/manage/sites/1/screening"
LINKS = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"


def form(site: Site, **changes: str) -> dict[str, str]:
    rules = rules_of(site)
    return {**rules.as_typed(), "comment_mode": "first", "version": str(site.rules_version), **changes}


@pytest.fixture
def browser(editor: User, browser_for: Any) -> Browser:
    opened: Browser = browser_for(editor)
    return opened


def test_only_editors_within_reach_see_and_change_rules(
    site: Site, author: User, moderator: User, editor: User, browser_for: Any
) -> None:
    other = make_site("other", "Other")
    of_other = make_member("Olga Other-Editor", "olga@example.com")
    of_other.set_site_role(other.id, "editor")
    db.session.commit()
    for person, allowed in ((author, 403), (moderator, 403), (of_other, 404), (editor, 200)):
        browser = browser_for(person)
        assert browser.get(PATH).status_code == allowed
        assert browser.post(PATH, form(site, links="hold")).status_code == (303 if allowed == 200 else allowed)
    own = browser_for(of_other)
    assert own.get("/manage/screening").location == f"/manage/sites/{other.id}/screening"
    assert own.get(f"/manage/sites/{other.id}/screening").status_code == 200


def test_every_step_is_shown_in_its_order_with_its_sentence(site: Site, browser: Browser) -> None:
    page = browser.get(PATH).text
    places = [page.index(f">{step.title}</legend>") for step in (*STEPS, *ADVICE)]
    assert places == sorted(places)
    assert all(f'name="{name}"' in page for name in BY_NAME)


def test_saving_counts_a_version_and_is_logged_with_before_and_after(
    site: Site, editor: User, browser: Browser
) -> None:
    change_rules(site, {"held_words_list": "idiot*\nfool"})
    db.session.commit()
    answer = browser.post(PATH, form(site, held_words_list="fool\r\ntwit", links="hold", links_most="3"))
    assert answer.status_code == 303
    assert (site.rules_version, rules_of(site).number("links_most")) == (2, 3)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and (entry.action, entry.actor_id) == ("screening.changed", editor.id)
    assert entry.before == {"version": 1, "held_words_list": ["idiot*"], "links": "off", "links_most": "5"}
    assert entry.after == {"version": 2, "held_words_list": ["twit"], "links": "hold", "links_most": "3"}
    assert "links_most" in browser.get(PATH).text, "the page shows the latest changes"


def test_saving_the_same_again_changes_nothing(site: Site, browser: Browser) -> None:
    browser.post(PATH, form(site))
    assert site.rules_version == 0
    assert db.session.scalar(select(AuditEntry)) is None


def test_of_two_editors_the_slower_one_is_told(site: Site, browser: Browser) -> None:
    seen = form(site, links="hold")
    change_rules(site, {"capitals": "refuse"})
    db.session.commit()
    answer = browser.post(PATH, seen)
    assert answer.status_code == 422
    assert "Somebody else changed the rules meanwhile" in answer.text
    assert not rules_of(site).is_on("links")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(site: Site, browser: Browser) -> None:
    answer = browser.post(PATH, form(site, links_most="many", held_words_list="in*t", length="shout"))
    assert answer.status_code == 422
    for said in ("Write a whole number from 0 to 50.", "Line 1: a * can stand", "Choose one of: off, hold, refuse."):
        assert said in answer.text
    assert "in*t" in answer.text, "what was typed is kept"
    assert site.rules_version == 0


def test_a_text_is_tried_on_rules_that_are_not_saved(site: Site, browser: Browser) -> None:
    def tried(sample: str, **changes: str) -> str:
        answer = browser.post(PATH, {**form(site, **changes), "sample": sample, "try": "1"})
        assert answer.status_code == 200
        return str(answer.text)

    assert "would be published" in tried("Fine.")
    page = tried("You IDIOTS", held_words_list="idiot*")
    assert "would wait for a moderator" in page and "Words on the list: idiot*." in page
    assert "would be refused" in tried("You IDIOTS", refused_words_list="idiot*")
    assert "would be published" in tried(LINKS)
    assert "would wait for a moderator" in tried(LINKS, sample_is_first="y")
    assert site.rules_version == 0
    empty = browser.post(PATH, {**form(site), "sample": " ", "try": "1"})
    assert empty.status_code == 422


SALE = "Come and see our wonderful new garden furniture at half the price, this week only"
TEXTS = ["Bravo.", "It drags.", SALE, "Four.", SALE + "!", LINKS, "Seven.", "WHY DOES NOBODY EVER LISTEN TO ME"]
STRICT = {
    "held_words_list": "drags",
    "repeats": "hold",
    "repeats_count": "1",
    "links": "hold",
    "links_most": "1",
    "speed": "hold",
    "speed_count": "6",
    "new_accounts": "off",
    "capitals": "refuse",
}


def test_replay_says_what_happens_when_the_rules_are_on(site: Site, article: Article, author: User) -> None:
    def fate(text: str) -> str:
        try:
            return make_comment(article, author, text).state
        except TextRefused:
            return "refused"

    assert [fate(text) for text in TEXTS] == ["published"] * len(TEXTS)
    found = replay(site, with_values(rules_of(site), judged(STRICT)))
    replayed = {caught.quote: "refused" if caught.is_refused else "held" for caught in found.shown}
    db.session.execute(delete(Comment))
    change_rules(site, STRICT)
    db.session.commit()
    happened = {excerpt(render_comment(text)): fate(text) for text in TEXTS}
    assert replayed == {quote: state for quote, state in happened.items() if state != "published"}
    assert (found.looked_at, found.held, found.refused) == (len(TEXTS), 4, 1)


def test_replay_tells_how_many_of_them_moderators_removed(
    site: Site, article: Article, author: User, moderator: User, browser: Browser
) -> None:
    make_comment(article, moderator, "It drags, says the staff.")
    made = [make_comment(article, author, text) for text in ("It drags.", "It really drags.", "Bravo.", "Brava.")]
    made[1].remove("spam")
    made[3].remove("spam")
    db.session.commit()
    found = replay(site, Rules(0, {"held_words_list": "drags"}))
    assert (found.looked_at, found.caught, found.removed, found.removed_caught, found.stands_caught) == (4, 2, 2, 1, 1)
    page = browser.post(PATH, {**form(site, held_words_list="drags"), "replay": "1"}).text
    assert "It really drags." in page and "1 of 2" in page
    assert site.rules_version == 0


def test_replay_counts_first_comments_as_they_were(site: Site, article: Article, author: User) -> None:
    for n in range(4):
        make_comment(article, author, f"Thought {n}.")
    found = replay(site, Rules(0, {"first_comments": "hold", "first_comments_count": 2}))
    assert (found.looked_at, found.held) == (4, 2)


def test_replay_looks_at_no_other_site_and_nothing_older(site: Site, article: Article, author: User) -> None:
    make_comment(article, author, "It drags.")
    rules = Rules(0, {"held_words_list": "drags"})
    assert replay(make_site("other", "Other"), rules).looked_at == 0
    db.session.execute(Comment.__table__.update().values(created_at=author.created_at.replace(year=2020)))  # type: ignore[attr-defined]
    db.session.commit()
    assert replay(site, rules).looked_at == 0


def test_full_lists_fit_into_the_form(site: Site, browser: Browser) -> None:
    words = "\n".join(f"слово{n:05}" for n in range(1900))
    answer = browser.post(PATH, form(site, held_words_list=words, refused_words_list=words))
    assert answer.status_code == 303


def test_the_mode_of_the_site_is_set_here_too(site: Site, browser: Browser) -> None:
    assert browser.post(PATH, form(site, comment_mode="held")).status_code == 303
    assert site.comment_mode == "held"
    assert browser.post(PATH, form(site, comment_mode="nonsense")).status_code == 422
