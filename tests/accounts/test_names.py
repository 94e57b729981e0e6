"""Nobody is mistaken for somebody else by their name."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.accounts.names import MAX_CHARACTERS, NameRefused, clean_display_name, lookalike_key
from tests.markup.corpus import naughty_strings

FUZZ = settings(max_examples=300, derandomize=True, database=None)
NAME_KEY_COLUMN = 400


@pytest.mark.parametrize(
    "name",
    [
        *("Alice", "Jean-Luc Ponty", "O’Brien", "Dr. Who", "Nguyễn Văn Đạt", "Łukasz Żółć", "Björk 2", "C++", "N7"),
        *("Иван Петров", "Ελένη", "محمد علي", "שרה כהן", "राम शर्मा", "สมชาย", "田中 さくら", "김민준", "Ṣọlá", "李明"),
        *("Rosa 🌹", "🎭🎭", "J.R.R. Tolkien", "M.de Sade", "Ali", "Editha", "Modesty"),
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert clean_display_name(name) == name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Alice   Liddell ", "Alice Liddell"),
        ("Alice\u00a0\u3000Liddell", "Alice Liddell"),
        ("Ａｌｉｃｅ", "Alice"),
        ("e\u0301lan", "élan"),
        ("Love ❤\ufe0f", "Love ❤"),
    ],
)
def test_a_name_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert clean_display_name(typed) == stored
    assert clean_display_name(stored) == stored


@pytest.mark.parametrize(
    "name",
    [
        *("Al\u200bice", "Al\u200dice", "Al\u200cice", "\ufeffAlice", "Al\u00adice", "Al\u2060ice", "Al\u034fice"),
        *("\u202eecilA", "Al\u2066ice", "\u200fAlice", "Al\u061cice", "Alice\u2069"),
        *("Al\x00ice", "Al\x1b[31mice", "Al\x7fice", "Al\x85\x90ice", "Al\ud800ice", "Al\ue000ice", "Al\u0378ice"),
        *("\u3164\u3164", "\u2800\u2800", "\u115f\u1160", "Alice\U000e0041", "Al\ufe01ice", "Al\U000e0101ice"),
    ],
    ids=ascii,
)
def test_unseen_characters_are_refused(name: str) -> None:
    with pytest.raises(NameRefused, match="cannot be seen"):
        clean_display_name(name)


@pytest.mark.parametrize("name", ["", " ", "\t\n", "A", " A ", "A" * (MAX_CHARACTERS + 1), "ﷺ" * 3, "A" * 100_000])
def test_names_too_short_to_call_or_too_long_to_show_are_refused(name: str) -> None:
    with pytest.raises(NameRefused, match="characters"):
        clean_display_name(name)


def test_a_name_may_be_as_long_as_promised() -> None:
    assert clean_display_name("é" * MAX_CHARACTERS)


def test_four_accents_on_a_letter_are_the_most() -> None:
    assert clean_display_name("Zoe" + "\u0323\u0301\u0302\u0303")
    with pytest.raises(NameRefused, match="accents"):
        clean_display_name("Zoe" + "\u0323\u0301\u0302\u0303\u0304")


@pytest.mark.parametrize("name", ["...", "- -", "?!", "_____", "\u0301\u0301a", "«»", "~~", "$$"])
def test_a_name_needs_something_to_call(name: str) -> None:
    with pytest.raises(NameRefused, match="letter or digit"):
        clean_display_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("alice@example.org", "mail alice@example.org now", "https://example.org", "www.example.org", "mailto:alice"),
        *(
            "example.com",
            "Buy at shop.example.net",
            "Cheap-pills.ru",
            "ｅｘａｍｐｌｅ．ｃｏｍ",
            "example.com/x",
            "http:x y",
        ),
    ],
)
def test_addresses_are_refused_as_names(name: str) -> None:
    with pytest.raises(NameRefused, match="address"):
        clean_display_name(name)


@pytest.mark.parametrize(
    ("name", "posing"),
    [
        ("Alice", "alice"),
        ("Alice", "ALICE"),
        ("Alice", "Аlice"),  # Cyrillic А
        ("Alice", "Αlice"),  # Greek Alpha
        ("Alice", "AIice"),  # capital i for the l
        ("Alice", "A1ice"),
        ("Alice", "A|ice"),
        ("Alice", "al1ce"),
        ("Alice", "a l i c e"),
        ("Alice", "Al.ice"),
        ("Alice", "A-l_i'c`e"),
        ("Alice", "Älice"),
        ("Alice", "Aliсе"),  # Cyrillic с, е
        ("Alice", "𝓐𝓵𝓲𝓬𝓮"),
        ("Alice", "Ⓐⓛⓘⓒⓔ"),
        ("Alice", "Alıce"),
        ("Alice", "aӏice"),  # Cyrillic palochka
        ("modern", "rnodern"),
        ("Bob", "B0b"),
        ("Bob", "ВоЬ"),  # all Cyrillic
        ("TOM", "ТОМ"),  # all Cyrillic
        ("paypal", "раураl"),
        ("Иван", "ИВАН"),
        ("Сергей", "СЕРГЕИ"),
        ("Νίκος", "ΝΙΚΟΣ"),
        ("Strauss", "Strauß"),
        ("STRAUẞ", "strauss"),
        ("ﬁona", "fiona"),
        ("Jean-Luc", "Jean Luc"),
        ("Ömer", "OMER"),
        ("Łukasz", "łukasz"),
        ("محمد", "مُحَمَّد"),
    ],
)
def test_names_that_look_alike_have_one_key(name: str, posing: str) -> None:
    assert lookalike_key(name) == lookalike_key(posing)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *(("Alice", "Alicia"), ("Bob", "Rob"), ("Anna", "Hanna"), ("Nina", "Vina"), ("Ben", "Beth"), ("a1", "a2")),
        *(
            ("日本", "日木"),
            ("राम", "रमा"),
            ("かき", "がき"),
            ("Иван", "Ирина"),
            ("🎭🎭", "🌹🌹"),
            ("C++", "C"),
        ),
        *(("Νίνα", "Βίβα"), ("김민준", "김민수"), ("Paul", "Saul")),
    ],
)
def test_names_that_do_not_look_alike_have_different_keys(name: str, other: str) -> None:
    assert lookalike_key(name) != lookalike_key(other)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "admin",
            "Admin",
            "ADMIN",
            "аdmin",
            "Adm1n",
            "A d m i n",
            "moderator",
            "Mоderator",
            "rnoderator",
            "M0DERATOR",
        ),
        *("Site Moderator", "Moderator Anna", "The Admin", "Board", "B0ard", "St4ff"[:2] + "aff", "Editor", "system"),
        *("[deleted]", "Deleted User", "Anonymous", "administrator", "Ａｄｍｉｎ", "𝐀𝐝𝐦𝐢𝐧"),
    ],
)
def test_names_that_speak_for_the_house_are_for_staff(name: str) -> None:
    with pytest.raises(NameRefused, match="kept for"):
        clean_display_name(name)
    assert clean_display_name(name, may_use_reserved=True)


@given(st.text(max_size=60))
@FUZZ
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    _assert_accepted_or_refused(text)


@pytest.mark.parametrize("text", naughty_strings())
def test_naughty_strings_are_names_or_are_refused(text: str) -> None:
    _assert_accepted_or_refused(text)


@given(st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=50))
@FUZZ
def test_a_key_does_not_depend_on_case_or_form(text: str) -> None:
    key = lookalike_key(text)
    for other in (text.lower(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFKC", text), f" {text} "):
        assert lookalike_key(other).strip() == key.strip()


def _assert_accepted_or_refused(text: str) -> None:
    """See that an accepted name is settled, storable and has a key that fits its column."""
    try:
        name = clean_display_name(text)
    except NameRefused as refusal:
        assert str(refusal).endswith(".")
        return
    assert clean_display_name(name) == name
    assert name.encode()
    assert 1 <= len(lookalike_key(name)) <= NAME_KEY_COLUMN
