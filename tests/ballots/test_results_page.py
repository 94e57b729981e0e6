"""What the results page says, and what it costs."""

from collections.abc import Callable
from datetime import timedelta

import time_machine

from board.articles.models import Site
from board.ballots.choices import CHOSEN, scores, several
from board.ballots.models import Ballot
from board.ballots.recounts import count_results, recount
from board.ballots.results import result_of
from board.ballots.votes import cast_vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, make_ballot
from tests.ballots.resulting import cells, close, vote_ranked
from tests.conftest import Browser
from tests.reading import parsed, words


def test_winner_is_named_only_after_the_close(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="always")
    cast(new_reader(), ballot, 1)
    page, data = (new_reader().get(f"/ballots/best-musical/results{kind}") for kind in ("", ".json"))
    assert "wins" not in page.text
    assert data.json["winners"] == []
    close(ballot)
    page, data = (new_reader().get(f"/ballots/best-musical/results{kind}") for kind in ("", ".json"))
    assert "Musical 2 wins with 100% of the votes." in page.text
    assert data.json["winners"] == [ballot.options[1].id]
    assert data.json["is_final"] is True


def test_tie_is_said_to_be_one(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    for position in (0, 1):
        cast(new_reader(), ballot, position)
    close(ballot)
    assert "Musical 1 and Musical 2 tie for first place." in new_reader().get("/ballots/best-musical/results").text


def test_rounding_is_said_where_it_shows(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    for position in (0, 1, 2):
        cast(new_reader(), ballot, position)
    close(ballot)
    assert "Shares are rounded; here they add up to 99%." in new_reader().get("/ballots/best-musical/results").text


def test_nobody_voted(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    close(ballot)
    assert "Nobody voted." in new_reader().get("/ballots/best-musical/results").text


def test_share_of_several_is_of_the_voters(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, method="approval")
    ids = [option.id for option in ballot.options]
    cast_vote(ballot, "d:1", several(ids[:2]))
    cast_vote(ballot, "d:2", several(ids[:1]))
    close(ballot)
    page = new_reader().get("/ballots/best-musical/results").text
    assert "Musical 1 wins: 100% of the voters chose it." in page
    assert [line.percent for line in result_of(ballot).lines] == [100, 50, 0]


def test_scores_have_their_mean_and_how_many_gave_each(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, method="score", results="always")
    first, second, _third = (option.id for option in ballot.options)
    cast_vote(ballot, "d:1", scores({first: 5, second: 1}))
    cast_vote(ballot, "d:2", scores({first: 4}))
    close(ballot)
    tree = parsed(new_reader().get("/ballots/best-musical/results").text)
    assert "Musical 1 wins with a mean score of 4.5 of 5." in words(tree)
    assert cells(tree)[1] == ["Musical 1", "4.5", "0", "0", "0", "1", "1", "2"]
    assert "4.5" in new_reader().get("/ballots/best-musical", headers=FRAGMENT).text


def test_rounds_are_counted_by_the_worker_and_shown_with_their_transfers(
    new_reader: Callable[[], Browser], site: Site
) -> None:
    ballot = make_ballot(site, method="ranked", results="always")
    vote_ranked(ballot, (0, 1), (0, 1), (0,), (1, 0), (1, 2), (2, 1))
    close(ballot)
    assert "The rounds are being counted." in new_reader().get("/ballots/best-musical/results").text
    assert count_results() == 1
    page = new_reader().get("/ballots/best-musical/results").text
    assert "Musical 1 and Musical 2 tie for first place." in page
    assert "Round 1: Musical 3 goes out." in page
    data = new_reader().get("/ballots/best-musical/results.json").json
    third, second = ballot.options[2].id, ballot.options[1].id
    assert data["rounds"][0]["transfers"] == [{"from": third, "to": second, "votes": 1}]


def test_rounds_are_counted_once_a_minute_at_most_while_voting_is_open(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    moment = now()
    with time_machine.travel(moment, tick=False) as clock:
        vote_ranked(ballot, (0, 1))
        assert count_results() == 1
        vote_ranked(ballot, (1, 0))
        assert count_results() == 0
        clock.shift(timedelta(seconds=61))
        vote_ranked(ballot, (1, 2))
        assert count_results() == 1
    kept = result_of(ballot).run_off
    assert kept is not None
    assert kept.rounds[0].counts[ballot.options[1].id] == 1


def test_nothing_is_counted_again_when_nothing_has_changed(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    with time_machine.travel(now(), tick=False) as clock:
        vote_ranked(ballot, (0, 1))
        count_results()
        clock.shift(timedelta(minutes=3))
        assert count_results() == 1  # the votes have settled into the hours
        clock.shift(timedelta(minutes=3))
        assert count_results() == 0


def test_result_is_not_final_until_the_last_vote_is_counted(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    vote_ranked(ballot, (0, 1))
    recount(ballot)
    vote_ranked(ballot, (1, 0), (1, 2), (1, 2))
    close(ballot)
    assert result_of(ballot).winners == []
    recount(ballot)
    assert [winner.text for winner in result_of(ballot).winners] == ["Musical 2"]


def test_vote_put_aside_later_changes_the_rounds(site: Site) -> None:
    from board.ballots.tally import move_counts, weights
    from board.ballots.votes import Vote

    ballot = make_ballot(site, method="ranked")
    vote_ranked(ballot, (0,), (1,), (1,))
    close(ballot)
    recount(ballot)
    vote = db.session.get_one(Vote, (ballot.id, "d:2"))
    moves = weights(vote.choice, "voided")
    moves.subtract(vote.weights)
    vote.state = "voided"
    move_counts(ballot.id, moves)
    db.session.commit()
    assert not result_of(ballot).is_final
    recount(ballot)
    assert len(result_of(ballot).winners) == 2


def test_votes_over_time_count_each_voter_once(site: Site) -> None:
    ballot = make_ballot(site)
    begun = now().replace(minute=10, second=0) - timedelta(hours=5)
    for number in range(5):
        with time_machine.travel(begun + timedelta(hours=number), tick=False):
            ballot.opens_at = begun - timedelta(hours=1)
            for again in range(2):
                cast_vote(ballot, f"d:{number}", [[ballot.options[again].id, CHOSEN]])
            db.session.commit()
            count_results()
    kept = recount(ballot)
    assert sum(kept.hours.values()) == 5
    assert set(kept.hours.values()) == {1}
