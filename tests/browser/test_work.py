"""A ballot that asks for proof of work: the page's script does it, and nobody is locked out without one."""

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from board.ballots.models import Ballot
from board.ballots.votes import Vote
from board.extensions import db
from tests.browser.scene import Scene


@pytest.mark.parametrize(("kind", "doubts"), [("scripted_page", []), ("plain_page", ["no_work"])])
def test_browser_with_a_script_does_the_work(
    request: pytest.FixtureRequest, scene: Scene, kind: str, doubts: list[str]
) -> None:
    page: Any = request.getfixturevalue(kind)
    path = scene.article()
    slug = scene.ballot(path)
    with scene.lit():
        ballot = db.session.scalars(select(Ballot).where(Ballot.slug == slug)).unique().one()
        ballot.work_bits, number = 10, ballot.id
        db.session.commit()
    page.goto(f"/ballots/{slug}")
    page.get_by_text("The band").click()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".is-own")).to_contain_text("The band")
    with scene.lit():
        assert db.session.scalars(select(Vote.doubts).where(Vote.ballot_id == number)).all() == [doubts]
