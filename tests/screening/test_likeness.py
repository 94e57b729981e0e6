"""Near copies of a text have the same key; other texts have another."""

import random
import string
import time

import pytest

from board.screening.likeness import are_alike, likeness_of

SPAM = "Come and see our wonderful new garden furniture at half the price, this week only. Call 555 0101 now."


def key(text: str) -> int | None:
    return likeness_of(f"<p>{text}</p>")


@pytest.mark.parametrize(
    "copy",
    [
        SPAM.upper(),
        SPAM.replace("555 0101", "555 0199"),
        SPAM.replace(",", " –"),
        SPAM.replace("e", "é"),
        SPAM + " https://spam.example/12345",
        SPAM.replace("wonderful", "won\u200bderful"),
    ],
)
def test_trivial_changes_make_no_other_text(copy: str) -> None:
    assert key(copy) == key(SPAM) is not None


def test_short_texts_are_nobodys_copies() -> None:
    assert key("Thank you, well said.") is None


def test_the_key_fits_both_databases() -> None:
    for n in range(200):
        made = key(f"some words {chr(0x430 + n)}a that follow each other in the {chr(0x431 + n)}b row")
        assert made is not None and 0 <= made < 2**63


def test_texts_share_a_key_with_the_third_power_of_what_they_share() -> None:
    chance = random.Random(3)
    words = ["".join(chance.choices(string.ascii_lowercase, k=6)) for _ in range(3000)]
    same = {0: 0, 1: 0, 20: 0}
    for _ in range(200):
        text = chance.sample(words, 40)
        for changed in same:
            other = chance.sample(words, changed) + text[changed:]
            same[changed] += key(" ".join(text)) == key(" ".join(other))
    assert same[0] == 200
    assert 165 < same[1] < 195, "38 of 40 pairs are in both: (38/40)³ is 86%"
    assert same[20] < 20, "19 of 59: 3%"


def test_alike_is_two_pairs_of_three() -> None:
    assert are_alike(SPAM, SPAM.replace("wonderful", "beautiful"))
    assert not are_alike(SPAM, "I thought that the second act was rather slow, and so did everybody around me.")
    assert not are_alike("Bravo.", "Bravo.")


def test_a_long_text_takes_little_time() -> None:
    started = time.thread_time()
    key("many different words " * 480)
    assert time.thread_time() - started < 0.1
