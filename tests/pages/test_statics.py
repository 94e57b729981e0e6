"""Scripts and styles go out without what is for us alone, and weigh little; each version is kept for good."""

import re
from pathlib import Path

import brotli
import pytest

from board.articles.models import Article
from board.statics import OUR_FOLDERS, short_form, static_version
from tests.conftest import Browser

STATIC = Path(__file__).parents[2] / "static"
OURS = sorted(
    str(file.relative_to(STATIC)) for file in STATIC.rglob("*.[cj]s*") if not file.is_relative_to(STATIC / "vendor")
)
SERVED = [name for name in OURS if name.startswith(OUR_FOLDERS)]
ASSET = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"')
MOST_BYTES = 20_000  # scripts and styles of a thread, compressed
SPACE = re.compile(r"\s+")


def test_a_thread_shows_with_little_to_load(client: Browser, article: Article) -> None:
    paths = set(ASSET.findall(client.get("/articles/opening-night").text))
    assert len(paths) >= 4
    assert sum(len(brotli.compress(client.get(path).data, quality=11)) for path in paths) <= MOST_BYTES


@pytest.mark.parametrize("name", SERVED)
def test_only_comments_and_indents_are_left_out(client: Browser, name: str) -> None:
    source, served = (STATIC / name).read_text(), client.get(f"/static/{name}").text
    if name.endswith(".css"):
        assert SPACE.sub("", served) == SPACE.sub("", without_css_comments(source))
    else:
        lines = [line.strip() for line in source.splitlines()]
        kept = [line for line in lines if line and not line.startswith("//")]
        assert [line.partition(" // ")[0] for line in kept] == [
            line.partition(" // ")[0] for line in served.splitlines()
        ]
    assert not re.search(r"^ *//|^ ", served, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in SERVED if name.endswith(".js")])
def test_no_text_in_a_script_could_be_taken_for_a_comment_or_goes_over_lines(name: str) -> None:
    for line in (STATIC / name).read_text().splitlines():
        code, mark, _comment = line.partition(" // ")
        assert code.count("`") % 2 == 0, line
        assert not mark or code.count('"') % 2 == 0, line


def test_what_is_not_ours_is_served_as_it_is(client: Browser) -> None:
    name = "vendor/htmx/htmx-4.0.1.min.js"
    assert client.get(f"/static/{name}").data == (STATIC / name).read_bytes()


@pytest.mark.parametrize("name", ["css/none.css", "js/../../pyproject.toml", "css/../js/none.js", "css", "js/%00.js"])
def test_a_file_that_is_not_there_is_not_found(client: Browser, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_what_is_kept_for_a_file_is_kept_once_however_it_is_spelled(client: Browser) -> None:
    client.get("/static/css/board.css")
    kept = short_form.cache_info().currsize, static_version.cache_info().currsize
    for spelled in ("css/./board.css", "css//board.css", "css/././board.css", "./css/board.css", "css/board.css/"):
        client.get(f"/static/{spelled}")
    assert client.get(f"/static/css/{'a' * 300}.css").status_code == 404
    assert (short_form.cache_info().currsize, static_version.cache_info().currsize) == kept


def test_an_exact_version_is_kept_for_good_another_for_a_while(client: Browser, article: Article) -> None:
    exact = next(path for path in ASSET.findall(client.get("/articles/opening-night").text) if "board.css" in path)
    assert "immutable" in client.get(exact).headers["Cache-Control"]
    assert "immutable" not in client.get(exact.partition("?")[0]).headers["Cache-Control"]
    assert client.get(exact).text == short_form(str(STATIC), "css/board.css")


def without_css_comments(text: str) -> str:
    """Return the style sheet without comments, found another way than Board does."""
    parts = text.split("/*")
    return parts[0] + "".join(part.partition("*/")[2] for part in parts[1:])
