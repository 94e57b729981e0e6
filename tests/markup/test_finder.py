"""What the finder of addresses leaves out of its search holds none."""

from hypothesis import given
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from board.markup.parsing import Finder

OPTIONS = {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False}
PIECES = (
    "www.",
    "WWW.",
    "http",
    "HTTPS",
    "://",
    ":",
    "//",
    "mailto:",
    "a.example",
    "@",
    " ",
    "\n",
    "/x",
    "w",
    "ww.",
    ".",
)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=8).map("".join))
def test_it_finds_what_the_library_finds(text: str) -> None:
    def fail(*_arguments: object) -> int:
        return 0

    plain = LinkifyIt(options=OPTIONS).add("ftp:", None).add("//", None).add("www.", {"validate": fail})
    ours = Finder(options=OPTIONS).add("ftp:", None).add("//", None).add("www.", {"validate": fail})
    assert ours.pretest(text) or not plain.test(text)
    assert ours.pretest(text) <= plain.pretest(text)


def test_a_text_without_an_address_is_not_searched() -> None:
    assert not Finder(options=OPTIONS).pretest("The house was full. Ada said so.")
