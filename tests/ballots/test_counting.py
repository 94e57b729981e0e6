"""Counting, against published examples and against a second count written another way."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.ballots.counting import (
    BY_EARLIER_ROUND,
    BY_LOT,
    Ranking,
    RunOff,
    folded,
    leaders,
    lines,
    lot,
    percent,
    run_off,
)

MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE = 1, 2, 3, 4
# Wikipedia's example of many methods: where Tennessee's capital should be, in per cent of the voters.
TENNESSEE: dict[Ranking, int] = {
    (MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE): 42,
    (NASHVILLE, CHATTANOOGA, KNOXVILLE, MEMPHIS): 26,
    (CHATTANOOGA, KNOXVILLE, NASHVILLE, MEMPHIS): 15,
    (KNOXVILLE, CHATTANOOGA, NASHVILLE, MEMPHIS): 17,
}
MONTROLL, KISS, WRIGHT = 1, 2, 3
# Burlington, Vermont, 2009, the three strongest, from the published ballots (rangevoting.org/Burlington.html). The
# pairwise figures that electowiki publishes follow from them.
BURLINGTON: dict[Ranking, int] = {
    (MONTROLL, KISS, WRIGHT): 1332,
    (MONTROLL, WRIGHT, KISS): 767,
    (MONTROLL,): 455,
    (KISS, MONTROLL, WRIGHT): 2043,
    (KISS, WRIGHT, MONTROLL): 371,
    (KISS,): 568,
    (WRIGHT, MONTROLL, KISS): 1513,
    (WRIGHT, KISS, MONTROLL): 495,
    (WRIGHT,): 1289,
}


def test_tennessee_makes_knoxville_its_capital() -> None:
    counted = run_off(TENNESSEE, [1, 2, 3, 4], "tennessee")
    assert [each.counts for each in counted.rounds] == [
        {MEMPHIS: 42, NASHVILLE: 26, CHATTANOOGA: 15, KNOXVILLE: 17},
        {MEMPHIS: 42, NASHVILLE: 26, KNOXVILLE: 32},
        {MEMPHIS: 42, KNOXVILLE: 58},
    ]
    assert [each.out for each in counted.rounds] == [(CHATTANOOGA,), (NASHVILLE,), ()]
    assert counted.winners == (KNOXVILLE,)


def test_burlington_elects_kiss_over_wright_who_led_at_first() -> None:
    counted = run_off(BURLINGTON, [1, 2, 3], "burlington")
    first, last = counted.rounds
    assert first.counts == {MONTROLL: 2554, KISS: 2982, WRIGHT: 3297}
    assert first.transfers == ((MONTROLL, KISS, 1332), (MONTROLL, WRIGHT, 767), (MONTROLL, None, 455))
    assert last.counts == {KISS: 4314, WRIGHT: 4064}
    assert last.exhausted == 455
    assert counted.winners == (KISS,)


def test_more_than_half_of_the_first_preferences_wins_at_once() -> None:
    counted = run_off({(1, 2): 3, (2, 1): 2}, [1, 2, 3], "x")
    assert len(counted.rounds) == 1
    assert counted.winners == (1,)


def test_half_is_not_more_than_half() -> None:
    assert len(run_off({(1,): 2, (2, 3): 1, (3, 2): 1}, [1, 2, 3], "x").rounds) > 1


def test_options_level_at_the_end_share_the_first_place() -> None:
    assert run_off({(1, 3): 2, (2,): 2}, [1, 2, 3], "x").winners == (1, 2)
    assert run_off({(1,): 2, (2,): 2, (3,): 2}, [1, 2, 3], "x").winners == (1, 2, 3)


def test_nobody_wins_where_nobody_voted() -> None:
    assert run_off({}, [1, 2], "x") == RunOff(run_off({}, [1, 2], "x").rounds, ())


def test_ballot_that_ranks_nothing_countable_is_exhausted_from_the_start() -> None:
    assert run_off({(9,): 4, (1,): 1}, [1, 2], "x").rounds[0].exhausted == 4


def test_options_without_a_ballot_go_out_together() -> None:
    counted = run_off({(1, 2): 4, (2, 1): 4, (3, 2): 1}, [1, 2, 3, 4, 5], "x")
    assert counted.rounds[0].out == (4, 5)
    assert counted.rounds[1].out == (3,)
    assert counted.winners == (2,)


def test_tie_for_the_fewest_is_decided_by_the_round_before() -> None:
    # First 1:6 2:5 3:3 4:2. Then 4's go to 3 and 2: 3 has 4 … until 2 and 3 are level with 5.
    rankings = {(1,): 6, (2,): 5, (3,): 3, (4, 3): 2}
    counted = run_off(rankings, [1, 2, 3, 4], "x")
    assert counted.rounds[1].counts == {1: 6, 2: 5, 3: 5}
    assert (counted.rounds[1].out, counted.rounds[1].tie) == ((3,), BY_EARLIER_ROUND)


@pytest.mark.parametrize("salt", ["a", "b", "c", "d", "e", "f"])
def test_tie_that_no_round_decides_goes_by_lot(salt: str) -> None:
    counted = run_off({(1,): 3, (2,): 2, (3,): 2}, [1, 2, 3], salt)
    assert counted.rounds[0].tie == BY_LOT
    assert counted.rounds[0].out == (min((2, 3), key=lambda option_id: lot(salt, option_id)),)


def test_lots_differ_from_ballot_to_ballot() -> None:
    assert len({run_off({(1,): 3, (2,): 2, (3,): 2}, [1, 2, 3], str(n)).rounds[0].out for n in range(20)}) == 2


def naive_run_off(papers: list[list[int]], options: list[int], salt: str) -> tuple[list[dict[int, int]], set[int]]:
    """Count one paper at a time, everything anew in every round."""
    history: list[dict[int, int]] = []
    remaining = sorted(options)
    while True:
        table = dict.fromkeys(remaining, 0)
        for paper in papers:
            for choice in paper:
                if choice in remaining:
                    table[choice] += 1
                    break
        history.append(table)
        votes = sorted(table.values())
        if sum(votes) == 0:
            return history, set()
        if votes[-1] > sum(votes) / 2 or votes[0] == votes[-1]:
            return history, {each for each in remaining if table[each] == votes[-1]}
        if votes[0] == 0:
            remaining = [each for each in remaining if table[each]]
            continue
        # Sorting by now, the round before, the one before that …, then by lot puts who goes first.
        remaining.remove(min(remaining, key=lambda each: ([past[each] for past in reversed(history)], lot(salt, each))))


papers_of_few_options = st.lists(st.lists(st.integers(1, 6), max_size=6, unique=True), max_size=40)


@settings(max_examples=400)
@given(papers_of_few_options, st.text(max_size=4))
def test_second_count_written_another_way_agrees(papers: list[list[int]], salt: str) -> None:
    counted = run_off(Counter(tuple(paper) for paper in papers), range(1, 6), salt)
    history, winners = naive_run_off(papers, list(range(1, 6)), salt)
    assert [each.counts for each in counted.rounds] == history
    assert set(counted.winners) == winners


def test_second_count_agrees_on_large_ballots() -> None:
    dice = random.Random(4)
    for _ in range(20):
        papers = [dice.sample(range(1, 9), dice.randrange(9)) for _ in range(500)]
        counted = run_off(Counter(map(tuple, papers)), range(1, 9), "large")
        history, winners = naive_run_off(papers, list(range(1, 9)), "large")
        assert ([each.counts for each in counted.rounds], set(counted.winners)) == (history, winners)


@settings(max_examples=200)
@given(papers_of_few_options)
def test_no_ballot_is_lost_between_rounds(papers: list[list[int]]) -> None:
    counted = run_off(Counter(map(tuple, papers)), range(1, 6), "kept")
    for each, after in zip(counted.rounds, counted.rounds[1:], strict=False):
        assert each.going_on + each.exhausted == len(papers)
        for option_id, count in after.counts.items():
            gained = sum(n for _out, to, n in each.transfers if to == option_id)
            assert count == each.counts[option_id] + gained


def test_share_is_of_the_voters_not_of_the_marks() -> None:
    found = lines("approval", Counter({(1, 1): 80, (2, 1): 60, (3, 1): 0}), 100, [1, 2, 3])
    assert [line.percent for line in found] == [80, 60, 0]


def test_equal_counts_share_a_place_and_the_next_place_is_left_out() -> None:
    found = lines("one", Counter({(1, 1): 5, (2, 1): 7, (3, 1): 7, (4, 1): 5}), 24, [1, 2, 3, 4])
    assert [line.place for line in found] == [3, 1, 1, 3]
    assert leaders(found) == [2, 3]


def test_nobody_leads_where_nobody_voted() -> None:
    assert leaders(lines("one", Counter(), 0, [1, 2])) == []
    assert leaders(lines("score", Counter(), 0, [1, 2])) == []


def test_scores_are_ranked_by_their_exact_mean() -> None:
    counts = Counter({(1, 5): 1, (1, 4): 2, (2, 4): 1, (2, 5): 1, (3, 1): 4})
    found = lines("score", counts, 4, [1, 2, 3, 4])
    assert [line.place for line in found] == [2, 1, 3, 4]
    assert [line.marks for line in found][:2] == [(0, 0, 0, 2, 1), (0, 0, 0, 1, 1)]
    assert float(found[1].mean or 0) == 4.5
    assert found[3].mean is None


def test_percent_is_rounded_half_up() -> None:
    assert [percent(1, 200), percent(1, 201), percent(2, 3), percent(0, 0)] == [1, 0, 67, 0]


def test_merged_write_in_counts_once_for_what_it_was_merged_into() -> None:
    assert folded([7, 2, 9, 5], {2: 2, 5: 5, 7: 5}) == (5, 2)
