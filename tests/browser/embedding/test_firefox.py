"""The embed in Firefox, as people have it: each site around a frame has a cookie jar of its own there."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.embedding.paper import element, id_of, paper
from tests.browser.embedding.publisher import Publisher
from tests.browser.firefox import FIREFOX, Firefox, firefox
from tests.browser.scene import Scene


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Start Firefox once."""
    if FIREFOX is None:
        if os.environ.get("BOARD_TEST_REQUIRE_ALL"):
            pytest.fail("no Firefox: apt-get install firefox-esr")
        pytest.skip("no Firefox found: its tests are skipped")
    with firefox(tmp_path_factory.mktemp("firefox") / "profile") as window:
        yield window


def test_a_member_logs_in_inside_the_frame_posts_and_votes(
    fox: Firefox, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path, email = scene.article(), scene.member("Fay Fox")
    for number in range(12):
        scene.comment(path, email, f"Bravo number {number}.")
    slug = scene.ballot(path, who="anyone")
    scene.origins("http://elsewhere.localhost", publisher.url)
    ballot = f'<board-ballot ballot="{slug}"></board-ballot>'
    body = f"{element('count', path)}{element('thread', path)}{ballot}"
    fox.go(publisher.hang("/fox", paper(board_url, body)))
    fox.wait("document.querySelector('board-count').textContent === '12'")
    fox.wait("document.querySelector('board-thread').getBoundingClientRect().height > 900")
    fox.enter("board-ballot")
    before = fox.run("return document.querySelector('[name=csrf_token]').value")
    fox.press("[type=radio]")
    fox.enter("board-thread")
    fox.fill("#comment-form textarea", "From Firefox.")
    fox.press("#comment-form button:not([formaction])")
    fox.fill("[name=email]", email)
    fox.fill("[name=password]", PASSWORD)
    fox.press("form:has([name=password]) .form__foot button")
    fox.wait("document.querySelector('[data-member]') && document.body.innerText.includes('From Firefox.')")
    fox.leave()
    fox.wait("document.querySelector('board-count').textContent === '13'")
    fox.enter("board-ballot")
    fox.wait(f"document.querySelector('[name=csrf_token]').value !== '{before}'")
    fox.press(".ballot button")
    fox.wait("document.querySelector('.ballot__voted')")
    fox.go(publisher.url + "/fox")
    fox.enter("board-thread")
    fox.wait("document.querySelector('[data-member]')")
    scene.origins(publisher.url)


def test_a_stranger_cannot_frame_it(fox: Firefox, stranger: Publisher, board_url: str, scene: Scene) -> None:
    body = f'<board-thread article-id="{id_of(scene.article())}"><a href="/thread">Comments</a></board-thread>'
    fox.go(stranger.hang("/fox", paper(board_url, body)))
    fox.wait("document.querySelector('board-thread').shadowRoot?.querySelector('slot')")
    assert fox.run("return document.querySelector('board-thread a').getBoundingClientRect().height > 0")
