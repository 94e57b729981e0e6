"""Ballots of every method, filled in with a script, without one, and with the keyboard alone."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Server, sign_in
from tests.browser.scene import Scene

BAND, BAILIFF = "The band", "The bailiff"


def open_ballot(page: Any, scene: Scene, **terms: Any) -> Any:
    """Publish a ballot, open its article, return the ballot on it."""
    path = scene.article()
    slug = scene.ballot(path, **terms)
    page.goto(path)
    return page.locator(f"#ballot-{slug}")


def vote(ballot: Any) -> None:
    """Press the button."""
    ballot.get_by_role("button", name="Vote").click()


def test_reader_ranks_and_is_told_of_a_place_given_twice(plain_page: Any, scene: Scene) -> None:
    ballot = open_ballot(plain_page, scene, method="ranked")
    ballot.get_by_label(BAND).select_option("1st")
    ballot.get_by_label(BAILIFF).select_option("1st")
    vote(ballot)
    expect(ballot).to_contain_text("Place 1 is given more than once.")
    expect(ballot.get_by_label(BAND)).to_have_value("1")
    ballot.get_by_label(BAILIFF).select_option("2nd")
    vote(ballot)
    expect(ballot.locator(".ballot__voted")).to_contain_text("The band 1st")


def test_ranking_is_moved_by_buttons_and_places_close_up(scripted_page: Any, scene: Scene) -> None:
    ballot = open_ballot(scripted_page, scene, method="ranked")
    rows = ballot.locator("[data-ranking] > li")
    ballot.get_by_role("button", name=f"Move up: {BAND}").focus()
    scripted_page.keyboard.press("Enter")
    ballot.get_by_role("button", name=f"Move up: {BAILIFF}").press("Enter")
    expect(rows.nth(1)).to_contain_text(BAILIFF)
    ballot.get_by_role("button", name=f"Move up: {BAILIFF}").press("Enter")
    expect(rows.first).to_contain_text(BAILIFF)
    expect(ballot.get_by_role("button", name=f"Move up: {BAILIFF}")).to_be_focused()
    expect(scripted_page.locator("#said")).to_have_text(f"{BAILIFF}: 1st")
    ballot.get_by_label(BAND, exact=True).select_option("1st")
    expect(ballot.get_by_label(BAILIFF, exact=True)).to_have_value("2")
    vote(ballot)
    expect(ballot.locator(".ballot__voted li")).to_have_text([f"{BAND} 1st", f"{BAILIFF} 2nd"])


def test_row_is_dragged_to_its_place(scripted_page: Any, scene: Scene) -> None:
    ballot = open_ballot(scripted_page, scene, method="ranked")
    row = ballot.locator("li", has_text=BAILIFF)
    row.scroll_into_view_if_needed()
    start, goal = row.locator(".ballot__text").bounding_box(), ballot.locator("li").first.bounding_box()
    scripted_page.mouse.move(start["x"] + 5, start["y"] + 5)
    scripted_page.mouse.down()
    scripted_page.mouse.move(goal["x"] + 30, goal["y"] + 3, steps=8)
    scripted_page.mouse.up()
    expect(ballot.get_by_label(BAILIFF, exact=True)).to_have_value("1")
    expect(ballot.locator("li").first).to_contain_text(BAILIFF)


def test_reader_scores_and_leaves_one_out(page: Any, scene: Scene) -> None:
    ballot = open_ballot(page, scene, method="score", results="after-close")
    ballot.get_by_role("group", name=BAND).get_by_role("radio", name="5").check()
    ballot.get_by_role("group", name=BAILIFF).get_by_role("radio", name="2").check()
    vote(ballot)
    expect(ballot.locator(".ballot__voted li")).to_have_text([f"{BAND} 5 of 5", f"{BAILIFF} 2 of 5"])
    expect(ballot.get_by_text("Receipt, to be kept")).to_be_visible()


def test_reader_chooses_too_many_then_as_many_as_allowed(page: Any, scene: Scene) -> None:
    ballot = open_ballot(page, scene, method="several", max_choices=1, takes_write_ins=True)
    for name in (BAND, BAILIFF):
        ballot.get_by_role("checkbox", name=name).check()
    vote(ballot)
    expect(ballot).to_contain_text("Choose at most 1. Take 1 of your marks away.")
    expect(ballot.get_by_role("checkbox", name=BAILIFF)).to_be_checked()
    ballot.get_by_role("checkbox", name=BAND).uncheck()
    vote(ballot)
    expect(ballot.locator(".is-own")).to_contain_text(BAILIFF)


def test_choice_with_a_suggestion_is_cast_by_logging_in(page: Any, scene: Scene) -> None:
    email = scene.member("Rita Reader")
    ballot = open_ballot(page, scene, who="member", takes_write_ins=True)
    ballot.get_by_role("radio", name="Something else").check()
    ballot.get_by_label("Your own suggestion").fill("The quay")
    ballot.get_by_role("button", name="Log in to vote").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Thank you, your vote is in.")).to_be_visible()
    expect(page.locator(".ballot__voted")).to_contain_text("The quay (your suggestion, which waits for the editors)")


def test_random_order_stays_in_one_browser(scripted_page: Any, scene: Scene) -> None:
    names = [f"Play {number}" for number in range(12)]
    ballot = open_ballot(scripted_page, scene, options=names, option_order="random")
    order = ballot.locator(".ballot__text").all_inner_texts()
    assert sorted(order) == sorted(names)
    scripted_page.reload()
    expect(ballot.locator(".ballot__text")).to_have_text(order)


def test_editor_merges_a_suggestion(page: Any, scene: Scene, server: Server) -> None:
    ballot = open_ballot(page, scene, method="approval", takes_write_ins=True)
    ballot.get_by_label("Your own suggestion").fill("Band!")
    vote(ballot)
    expect(ballot.locator(".ballot__voted")).to_be_visible()
    slug = ballot.get_attribute("id").removeprefix("ballot-")
    page.context.clear_cookies()
    sign_in(page, scene.member("Edda Desk", "editor"))
    page.goto(f"/manage/ballots/{slug}")
    page.get_by_role("link", name="suggestions wait").click()
    page.get_by_label("Option for which the votes of").select_option(BAND)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("“Band!” counts for “The band” now.")).to_be_visible()
    expect(page.get_by_text("No suggestions wait.")).to_be_visible()


def test_a_number_of_votes_stays_on_its_line(plain_page: Any, scene: Scene) -> None:
    ballot = open_ballot(plain_page, scene, results="always")
    ballot.get_by_label(BAND).check()
    vote(ballot)
    share = ballot.locator(".ballot__share").first
    lines = share.evaluate(
        "e => { e.lastChild.textContent = ' 12.345 Stimmen'; const range = document.createRange();"
        " range.selectNodeContents(e.lastChild); return range.getClientRects().length; }"
    )
    assert lines == 1
