"""The moderation desk in a real browser: by keys alone, for many at once, with others at work beside, on a phone."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, open_page, sign_in
from tests.browser.scene import Scene

# Real comments of a newspaper's readers, labelled by people; README of the data says where it is from.
DATA = Path(os.environ.get("BOARD_TEST_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
LABELLED = DATA / "news-comments-labelled.csv"
ITEMS = 200
MOST_PRESSES = 60
HOSTILE = 70  # of them


@pytest.fixture
def desk(scripted_page: Any, scene: Scene) -> Any:
    """Open the desk of a moderator, after what other tests left there is cleared."""
    scene.clear_desk()
    sign_in(scripted_page, scene.member("Mona Warden", "moderator"))
    return scripted_page


def report_some(scene: Scene, count: int, by: str = "Sam Spammer") -> list[int]:
    """Post and report some comments by one author; return their IDs."""
    path, author, reporter = scene.article(), scene.member(by), scene.member("Rita Reader")
    ids = [scene.comment(path, author, f"Buy my lamps, number {number}.") for number in range(count)]
    for comment in ids:
        scene.report(comment, by=reporter)
    return ids


def current(page: Any) -> Any:
    """Return the comment that the keys act on."""
    return page.locator(".queue__item.is-current")


def test_the_whole_desk_by_keyboard(desk: Any, scene: Scene) -> None:
    ids = report_some(scene, 5)[::-1]  # the newest stands first
    desk.goto("/moderation")
    keys = desk.keyboard
    expect(current(desk)).to_have_id(f"item-{ids[0]}")
    keys.press("j")
    expect(current(desk)).to_have_id(f"item-{ids[1]}")
    keys.press("k")
    keys.press("a")  # let stand
    expect(desk.locator(f"#item-{ids[0]}")).to_have_count(0)
    expect(current(desk)).to_have_id(f"item-{ids[1]}")
    expect(desk.locator("[data-queue=reported] .count")).to_have_text("4")
    keys.press("r")
    keys.press("3")  # spam
    expect(desk.locator(f"#item-{ids[1]}")).to_have_count(0)
    expect(desk.locator(".undo")).to_contain_text("1 comment removed: Spam or advertising")
    keys.press("u")
    expect(current(desk)).to_have_id(f"item-{ids[1]}")
    expect(desk.locator("[data-queue=reported] .count")).to_have_text("4")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    expect(desk.locator("[data-target]")).to_have_text("2 chosen")
    keys.press("Escape")
    keys.press("*")
    expect(desk.locator("[data-target]")).to_have_text("4 chosen")
    keys.press("r")
    keys.press("1")
    expect(desk.locator(".queue__item")).to_have_count(0)
    expect(desk.get_by_text("Nothing waits here.")).to_be_visible()
    assert scene.states(ids) == ["published", *["removed"] * 4]
    keys.press("u")
    expect(desk.locator(".queue__item")).to_have_count(4)
    expect(desk.locator("[data-queue=reported] .count")).to_have_text("4")
    assert scene.states(ids) == ["published"] * 5
    keys.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()


def test_another_reason_asks_for_words_and_the_note_is_kept(desk: Any, scene: Scene) -> None:
    ids = report_some(scene, 1)
    desk.goto("/moderation")
    desk.keyboard.press("r")
    desk.keyboard.press("8")
    expect(desk.locator("[data-problem]")).to_have_text("Say in a few words what is wrong.")
    expect(desk.get_by_label("Note to the author")).to_be_focused()
    desk.keyboard.type("Lamps again.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("r")
    desk.keyboard.press("8")
    expect(desk.locator(".queue__item")).to_have_count(0)
    assert scene.states(ids) == ["removed"]


def test_a_decision_that_needs_a_proof_keeps_what_was_chosen(desk: Any, scene: Scene, server: Server) -> None:
    ids = report_some(scene, 51)
    desk.goto("/moderation?group=author")
    desk.route(  # as the server answers the page's script when the last proof is too old
        "**/moderation/decisions",
        lambda route: (
            route.fulfill(status=403, headers={"HX-Redirect": "/verify"})
            if "hx-request" in route.request.headers
            else route.continue_()
        ),
    )
    desk.keyboard.press("*")
    expect(desk.locator("[data-target]")).to_have_text("51 chosen")
    desk.keyboard.press("r")
    desk.keyboard.press("3")
    desk.wait_for_url("**/moderation?group=author")
    expect(desk.locator(".undo")).to_contain_text("51 comments removed")
    assert scene.states(ids) == ["removed"] * 51


def test_two_moderators_see_each_other_and_never_do_the_same_twice(
    desk: Any, scene: Scene, chromium: Any, server: Server
) -> None:
    ids = report_some(scene, 3)[::-1]
    desk.goto("/moderation")
    windows: Iterator[Any] = open_page(chromium, server, javascript=True)
    second = next(windows)
    sign_in(second, scene.member("Moritz Second", "moderator"))
    second.goto("/moderation")
    second.keyboard.press("j")
    expect(desk.locator(f"#item-{ids[1]}")).to_contain_text("Moritz Second")
    expect(desk.locator(f"#item-{ids[1]}")).to_contain_text("works on it")
    second.route("**/moderation/news*", lambda route: route.abort())  # the second learns nothing in the meantime
    desk.keyboard.press("a")
    expect(desk.locator(f"#item-{ids[0]}")).to_have_count(0)
    second.keyboard.press("k")
    second.keyboard.press("r")
    second.keyboard.press("3")
    told = second.locator(f"#item-{ids[0]} [data-told]")
    expect(told).to_contain_text("Mona Warden")
    expect(told).to_contain_text("let it stand")
    assert scene.states(ids) == ["published"] * 3
    second.keyboard.press("a")
    expect(desk.locator(f"#item-{ids[1]} [data-told]")).to_contain_text("Moritz Second")
    next(windows, None)


def test_the_desk_on_a_phone(chromium: Any, server: Server, scene: Scene) -> None:
    scene.clear_desk()
    ids = report_some(scene, 3)[::-1]
    for window in open_page(chromium, server, javascript=True, viewport={"width": 320, "height": 640}, has_touch=True):
        sign_in(window, scene.member("Mona Warden", "moderator"))
        window.goto("/moderation")
        window.locator(f"#item-{ids[1]} .queue__body").tap()
        window.locator(".desk__act").get_by_role("button", name="Remove …").tap()
        window.locator(".desk__act").get_by_role("button", name="Spam or advertising").tap()
        expect(window.locator(f"#item-{ids[1]}")).to_have_count(0)
        window.locator(".undo").get_by_role("button", name="Undo").tap()
        expect(window.locator(f"#item-{ids[1]}")).to_be_visible()
        assert scene.states(ids) == ["published"] * 3


class Presses:
    """A moderator's keys and clicks, counted."""

    def __init__(self, page: Any) -> None:
        """Begin at none."""
        self.page, self.count = page, 0

    def key(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def click(self, box: Any) -> None:
        """Press the mouse's button once."""
        box.click()
        self.count += 1

    def goto(self, path: str) -> None:
        """Follow a link of the desk: a press as well."""
        self.page.goto(path)
        self.count += 1


def monday(scene: Scene) -> dict[int, bool]:
    """Have 200 comments wait: real ones, the hostile reported by members, others held or reported by mistake.

    Returns, for each comment's ID, whether people labelled it as hostile or an attack.
    """
    texts = real_comments() or made_comments()
    hostile, fine = ([text for text, is_bad in texts if is_bad is kind] for kind in (True, False))
    trolls = [scene.member(f"Troll {number}") for number in range(6)]
    writers = [scene.member(f"Writer {number}") for number in range(40)]
    reporters = [scene.member("Rita Reader"), scene.member("Rolf Reader")]
    paths = [scene.article() for _ in range(8)]
    bad = {}
    for number, text in enumerate(hostile[:HOSTILE]):
        # Most of what is hostile comes from few people; every seventh from somebody who is usually kind.
        who = writers[number % 40] if number % 7 == 0 else trolls[number % 6]
        comment = scene.comment(paths[number % 8], who, text)
        if number % 14 == 0:
            scene.hold(comment)  # nobody reported it
        for reporter in reporters[: 1 + number % 2] if number % 14 else []:
            scene.report(comment, by=reporter)
        bad[comment] = True
    for number, text in enumerate(fine[: ITEMS - HOSTILE]):
        comment = scene.comment(paths[number % 8], writers[number % 40], text)
        if number % 3 == 0:
            scene.report(comment, by=reporters[0])  # by mistake
        else:
            scene.hold(comment)
        bad[comment] = False
    return bad


def real_comments() -> list[tuple[str, bool]]:
    """Return labelled comments of a newspaper's readers, if the data is there."""
    if not LABELLED.exists():
        return []
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if 20 <= len(row["comment"]) <= 2000]
    sure = [row for row in rows if float(row["hostile:confidence"]) > 0.6]
    return [(row["comment"], row["hostile"] == "1" or row["antagonize"] == "1") for row in sure]


def made_comments() -> list[tuple[str, bool]]:
    """Return comments of our own where there are no real ones."""
    rude = [(f"You know nothing of act {number}, and your mother wrote this review.", True) for number in range(80)]
    kind = [(f"I was there on night {number}. The band played as if it were the last.", False) for number in range(140)]
    return rude + kind


def test_two_hundred_comments_are_cleared_in_sixty_presses(desk: Any, scene: Scene) -> None:
    bad = monday(scene)
    assert len(bad) == ITEMS
    presses = Presses(desk)
    # Reported, by author: whoever is hostile throughout is removed as a group; where an author is both, the hostile
    # ones are chosen one by one; then the rest stands.
    presses.goto("/moderation?group=author")
    while first := first_shown(desk):
        clear_reported(desk, presses, bad, first)
    # Held: a page at a time; what is hostile is chosen and removed, the rest stands with two keys.
    presses.goto("/moderation?queue=held")
    while first := first_shown(desk):
        wrong = [number for number in shown(desk) if bad[number]]
        for number in wrong:
            presses.click(desk.locator(f"#item-{number} .queue__choose"))
        if wrong:
            presses.key("r", "1")
        presses.key("A", "a")
        expect(desk.locator(f"#item-{first}")).to_have_count(0)
    waiting = desk.locator("[data-queue=reported] .count, [data-queue=held] .count")
    expect(waiting.first).to_have_text("0")
    expect(waiting.last).to_have_text("0")
    assert dict(zip(bad, scene.states(list(bad)), strict=True)) == {
        number: "removed" if is_bad else "published" for number, is_bad in bad.items()
    }
    print(f"{ITEMS} comments, {sum(bad.values())} of them hostile: {presses.count} presses")
    assert presses.count <= MOST_PRESSES


def clear_reported(desk: Any, presses: Presses, bad: dict[int, bool], first: int) -> None:
    """Clear what the page shows: hostile comments as groups where they are groups, then let the rest stand."""
    mixed = []
    for group in desk.locator("[data-group]:visible").all():
        numbers = shown(group)
        if numbers and all(bad[number] for number in numbers):
            presses.click(group.locator(".group__head input"))
        else:
            mixed += [number for number in numbers if bad[number]]
    for number in mixed:
        presses.click(desk.locator(f"#item-{number} .queue__choose"))
    if desk.locator("input:checked").count():
        presses.key("r", "1")
        expect(desk.locator("input:checked")).to_have_count(0)
    else:
        presses.key("A", "a")
        expect(desk.locator(f"#item-{first}")).to_have_count(0)


def first_shown(desk: Any) -> int:
    """Return the ID of the first comment on the page, once it is settled; 0 if there is none."""
    expect(desk.locator("#queue[aria-busy]")).to_have_count(0)
    return next(iter(shown(desk)), 0)


def shown(part: Any) -> list[int]:
    """Return the IDs of the comments that are shown."""
    items = part.locator(".queue__item")
    return [int(number) for number in items.evaluate_all("all => all.map((one) => one.dataset.item)")]
