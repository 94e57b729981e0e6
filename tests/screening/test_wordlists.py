"""Lists of words: what an entry finds and what it leaves alone, and that no text makes it slow."""

import time

import pytest
from flask import Flask

from board.articles.rules import Wrong
from board.screening.wordlists import MAX_ENTRIES, compiled, entries_of, word_list


def found(entries: str, text: str, *, alike: bool = False) -> tuple[str, ...]:
    return compiled(entries, alike).found_in(text)


@pytest.mark.parametrize(
    ("entry", "there", "not_there"),
    [
        ("idiot", "What an IDIOT!", "idiotic"),
        ("idiot*", "idiots and idiotic", "a patriot"),
        ("*phobe", "a xenophobe, a homophobe", "phobes"),
        ("*spam*", "nospamhere", "spa music"),
        ("go back home", "Go, back. HOME!", "go back to home"),
        ("go back*", "they go backwards", "go to the back"),
        ("go * home", "go straight home", "go home"),
        ("don't", "you don't say", "dont"),
        ("casino.example", "see www.casino.example/win", "casino or example"),
        ("straße", "In der STRASSE", "Strand"),
        ("идиот*", "Какие ИДИОТЫ", "идея"),
        ("笨蛋", "你是笨蛋吗", "你好"),
        ("ＳＰＡＭ", "spam", "ham"),
        ("cafe\u0301", "caf\u00e9", "cafe"),
        ("idiot", "id\u00adi\u200bot", "idea"),
    ],
)
def test_what_an_entry_finds(entry: str, there: str, not_there: str) -> None:
    assert found(entry, there) == (entry,)
    assert found(entry, not_there) == ()


@pytest.mark.parametrize(
    "written",
    [
        "1d10t", "1D10T!", "ìdíöt", "і" "dіоt", "ｉｄｉｏｔ", "i d i o t", "i.d.i.o.t", "a i-d-i-o-t", "iiidiooot",
        "!diot", "id!ot", "ɪdiot", "𝓲𝓭𝓲𝓸𝓽", "i\u200bd\u200bi\u200bo\u200bt",
    ],
)  # fmt: skip
def test_simple_disguises_are_seen_through_where_the_list_asks(written: str) -> None:
    assert found("idiot", f"You {written}, you!", alike=True) == ("idiot",)


def test_look_alikes_leave_other_words_alone() -> None:
    assert found("idiot\nass*\nshit", "In 2010 the audit of Island 101 was a class act, wasn't it", alike=True) == ()
    assert found("don't", "you d0n't say", alike=True) == ("don't",)
    assert found("1d10t", "an idiot", alike=True) == ("1d10t",)
    assert found("idiot", "1d10t") == (), "not asked for"


def test_an_entry_is_named_once_in_the_order_of_the_text() -> None:
    assert found("b*\nant\ncat", "cat bee ant bear cat") == ("cat", "b*", "ant")


def test_notes_and_doubles_are_no_entries() -> None:
    assert entries_of("# insults\nidiot\n\n  idiot \n") == ["idiot"]


@pytest.mark.parametrize(
    "typed", ["in*t", "a*", "***", "!!", "x" * 101, "one two three four five six seven eight nine ten eleven", "ok\n*z"]
)
def test_a_wrong_entry_is_refused_with_its_line(app: Flask, typed: str) -> None:
    with pytest.raises(Wrong, match=r"^Line \d: .*\.$"):
        word_list(typed)


def test_a_list_has_an_end(app: Flask) -> None:
    with pytest.raises(Wrong, match=r"2,?000"):
        word_list("\n".join(f"w{n}" for n in range(MAX_ENTRIES + 1)))


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "ab" * 5000, "a " * 5000, "the " * 2500, "@" * 10_000, "a.b" * 3333, "\u0301" * 10_000, "𝓲" * 5000],
)
def test_no_text_makes_a_full_list_slow(text: str, alike: bool) -> None:
    words = [f"*{'a' * (n % 30 + 2)}{n}*" for n in range(600)]
    words += [f"the the the w{n}" for n in range(600)] + [f"a* a* *a word{n}" for n in range(400)]
    words += [f"{'ab' * (n % 20 + 1)}{n}*" for n in range(400)]
    listed = compiled("\n".join(words), alike)
    listed.found_in("warm")
    started = time.thread_time()
    listed.found_in(text)
    assert time.thread_time() - started < 0.5
