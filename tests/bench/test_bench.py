"""The harness measures what it says: its numbers, its data, its picture, its page."""

import json
import threading
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select

from board.ballots.models import Ballot
from board.ballots.tally import counts_of
from board.ballots.votes import Vote, VoteRecord
from board.comments.counting import faults
from board.comments.models import Comment
from board.extensions import db
from board.pagecache.page import OFTEN
from tests.bench.__main__ import parts_in
from tests.bench.bare import postgresql_writer, rows_of, sqlite_writer
from tests.bench.driver import Answer, Outcome
from tests.bench.figures import Run, at_least, at_most, load_run, percentile, skipped, table_of
from tests.bench.growth import Curve, Panel, axis_over, picture
from tests.bench.loading import BLOCK, DEEPEST, Loader, block, comment_text
from tests.bench.mixed import flat
from tests.bench.plan import FULL, QUICK
from tests.bench.reads import WARM_ROUNDS, WARM_TIMES, warm
from tests.bench.stage import MIXED_BALLOT, Sizes, fill_rest, fill_store, furnish
from tests.bench.writes import verdict
from tests.bench.writing_up import BEGIN, END, with_table


def answer(tag: str, status: int = 200) -> Answer:
    return Answer(tag, status, 0.01, b"", 100)


def test_a_rate_meets_its_bar_by_its_median() -> None:
    row = at_least("read", [90, 50, 10], "/s", 100, "nginx", 0.5)
    assert (row.value, row.ratio, row.met, row.spread) == (50, 0.5, True, "10–90")


def test_a_time_above_its_limit_misses_the_bar() -> None:
    assert at_most("page", [14, 16, 17], "ms", 15).met is False


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    row = skipped("counts", "there is no such answer yet")
    assert row.met is None
    assert row.value is None
    assert "there is no such answer yet" in table_of([row])


def test_the_json_is_a_list_of_rows_with_seven_keys(tmp_path: Path) -> None:
    run = Run("a machine", [at_most("page", [14], "ms", 15, note="warm"), skipped("counts", "no answer")])
    run.save(tmp_path)
    rows = json.loads((tmp_path / "bench.json").read_text())
    assert [list(row) for row in rows] == [["name", "value", "unit", "ratio", "against", "bar", "met"]] * 2
    assert rows[0] == {
        "name": "page", "value": 14, "unit": "ms", "ratio": 0.933, "against": "15 ms", "bar": "≤ 15 ms", "met": True
    }  # fmt: skip
    assert load_run(tmp_path) == run


def test_a_part_that_is_not_there_is_refused() -> None:
    assert parts_in("reads,cold") == {"reads", "cold"}
    with pytest.raises(ArgumentTypeError, match="there is no sleep"):
        parts_in("reads,sleep")


def test_memory_is_flat_if_it_stays_after_the_first_third() -> None:
    assert flat("memory", [50, 90, 95, 100, 100, 101, 102, 102, 103]).met
    assert not flat("memory", [50, 60, 70, 80, 90, 100, 110, 120, 130]).met


def test_percentile_is_the_nearest_rank() -> None:
    assert percentile(range(1, 101), 0.99) == 100
    assert percentile([], 0.5) == 0


def test_an_acknowledged_write_that_is_not_stored_is_called_lost() -> None:
    good = [answer("a"), answer("b"), answer("c")]
    assert verdict(good, {"a": 1, "b": 1, "c": 1}) == ""
    assert verdict(good, {"a": 1, "b": 2}) == "1 LOST, 1 STORED TWICE"


def test_refused_and_unanswered_requests_do_not_count_as_done() -> None:
    outcome = Outcome([answer("a"), answer("b", 429), answer("c", 0)], seconds=2)
    assert outcome.rate == 0.5
    assert outcome.errors() == "1 × no answer, 1 × 429"


def test_the_block_of_comments_is_a_tree_with_right_counters() -> None:
    slots = block()
    assert len(slots) == BLOCK
    assert max(slot.depth for slot in slots) == DEEPEST
    for slot in slots:
        replies = [other for other in slots if other.parent_slot == slot.slot]
        assert [reply.ordinal for reply in replies] == list(range(slot.replies))
        assert all(reply.depth == slot.depth + 1 for reply in replies)
    for root in (slot for slot in slots if slot.depth == 0):
        assert root.descendants == sum(slot.root_slot == root.slot for slot in slots)


def test_bulk_data_and_bare_votes_are_what_board_itself_would_have_counted(app: Flask) -> None:
    settings = app.config["BOARD"]
    sizes = Sizes(threads=(20, 100), stages=(1, 3), comments_each=40, in_turn=1, ballots=(30,), writers=2)
    loader = Loader(create_engine(app.config["BOARD"].database_url))  # bulk rules are not for Board's own connections
    furnish(loader, sizes, settings)
    fill_store(loader, sizes, 0)
    fill_store(loader, sizes, 1)
    fill_rest(loader, sizes)
    loader.settle()
    loader.tidy()
    write_one_bare_vote(loader)
    assert [fault for article in range(1, 6) for fault in faults(article)] == []
    for ballot in db.session.scalars(select(Ballot)):
        votes = db.session.scalars(select(Vote).where(Vote.ballot_id == ballot.id)).all()
        assert counts_of(ballot.id) == sum((vote.weights for vote in votes), Counter())
        assert {vote.receipt for vote in votes} == {record.receipt for record in records_of(ballot)}
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 30 + MIXED_BALLOT + 1
    assert sizes.stored == db.session.scalar(select(func.count()).select_from(Comment)) == 240


def write_one_bare_vote(loader: Loader) -> None:
    address = loader.engine.url.render_as_string(hide_password=False)
    row, steps = rows_of(1, 0, is_sqlite=loader.is_sqlite)
    (sqlite_writer(address, threading.Lock()) if loader.is_sqlite else postgresql_writer(address))(row, steps)


def records_of(ballot: Ballot) -> Sequence[VoteRecord]:
    return db.session.scalars(select(VoteRecord).where(VoteRecord.ballot_id == ballot.id)).all()


def test_comments_are_as_long_as_the_rivals_were() -> None:
    lengths = [len(comment_text(number)) for number in range(100)]
    assert 280 <= sum(lengths) / len(lengths) <= 340
    assert comment_text(7) == comment_text(7) != comment_text(8)


@pytest.mark.parametrize("plan", [FULL, QUICK])
def test_every_size_is_a_whole_number_of_blocks(plan: object) -> None:
    assert plan in (FULL, QUICK)
    sizes = FULL.sizes if plan is FULL else QUICK.sizes
    assert all(size % BLOCK == 0 for size in (*sizes.threads, sizes.comments_each))


def test_an_axis_holds_all_values_between_powers_of_ten() -> None:
    axis = axis_over([20, 1_000_000], 0, 100)
    assert axis.ticks == [1, 2, 3, 4, 5, 6]
    assert axis.at(1_000_000) == 100
    assert axis_over([5, 5], 0, 100).ticks == [0, 1]


def test_the_picture_is_well_formed_and_says_in_words_what_it_shows() -> None:
    panel = Panel("Votes", "votes before", "votes/s", [Curve("SQLite", [(100, 2000.0), (1_000_000, 1900.0)])])
    svg = picture([panel, Panel("Nothing", "x", "y", [])])
    ElementTree.fromstring(svg)
    assert "SQLite from 2000 at 100 to 1900 at 1,000,000" in svg
    assert "prefers-color-scheme: dark" in svg
    assert "Nothing" not in svg


def test_the_table_replaces_the_former_one_in_the_page() -> None:
    run = Run("a machine", [at_most("page", [14], "ms", 15)])
    page = with_table(f"before\n{BEGIN}\nold\n{END}\nafter\n", run)
    assert page == with_table(page, run)
    assert "old" not in page
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    assert "a machine" in page


def test_warming_up_asks_for_each_page_often_and_over_many_connections() -> None:
    asked: Counter[str] = Counter()
    connections: dict[str, set[int]] = {}

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked[self.path] += 1
            connections.setdefault(self.path, set()).add(self.client_address[1])
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever).start()
        warm(server.server_port, ["/a", "/b"])
        server.shutdown()
    assert set(asked.values()) == {WARM_ROUNDS * WARM_TIMES}
    assert min(asked.values()) > 3 * OFTEN
    assert min(map(len, connections.values())) > WARM_ROUNDS
