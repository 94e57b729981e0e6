"""Board's processes are killed while people write: nothing that was acknowledged is lost, nothing is there twice."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board import create_app
from board.ballots.models import Ballot, BallotOption
from board.ballots.tally import counts_of
from board.ballots.votes import Vote, VoteRecord
from board.comments.counting import faults
from board.comments.models import Comment
from board.config import load_settings
from board.extensions import db
from board.storage import now
from tests.bench.servers import BoardServer, family_of, serving
from tests.bench.stage import thread_name, writer_address
from tests.factories import make_article, make_member, make_site
from tests.faults.checker import Notes, judge, judge_tally
from tests.faults.clients import Clients

ARTICLE, BALLOT = thread_name(20), "best-musical"  # the article on which the bench's writers sign in
MEMBERS, READERS = 4, 4
EACH = 8  # comments and votes acknowledged between two kills
PATIENCE_SECONDS = 120  # for that, on a busy machine
SETTINGS = {"BOARD_WORKERS": "2", "BOARD_COMMENTS_PER_MINUTE": "1000", "BOARD_LOG_LEVEL": "error"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'board.db'}"
    server: Any = request.getfixturevalue("postgresql_server")
    server.psql("DROP DATABASE IF EXISTS faults")
    server.psql("CREATE DATABASE faults")
    return str(server.get_uri("faults"))


@pytest.fixture
def server(address: str, tmp_path: Path) -> Iterator[BoardServer]:
    """Serve by two web processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with serving(BoardServer(tmp_path, port, address, SETTINGS), "/readyz") as running:
        yield running


@pytest.fixture
def furnished(server: BoardServer, tmp_path: Path) -> Iterator[Flask]:
    """Give the server an article, members, and an open ballot; return an application that looks into its database."""
    application = create_app(load_settings(instance_path=tmp_path, database_url=server.database_url))
    with application.app_context():
        site = make_site()
        make_article(site, ARTICLE)
        for number in range(MEMBERS):
            make_member(f"Writer {number}", writer_address(number))
        options = [BallotOption(position=position, text=f"Musical {position}") for position in range(3)]
        opened = now() - timedelta(hours=1)
        db.session.add(
            Ballot(site_id=site.id, slug=BALLOT, question="Which?", state="published", opens_at=opened, options=options)
        )
        db.session.commit()
        yield application
        db.session.remove()
        db.engine.dispose()


def test_no_acknowledged_write_is_lost_when_processes_are_killed(server: BoardServer, furnished: Flask) -> None:
    """Each web process is killed once, then all of Board; clients repeat what they are unsure of."""
    clients = Clients(server.port, ARTICLE, BALLOT, db.session.scalars(select(BallotOption.id)).all())
    db.session.rollback()
    clients.start(MEMBERS, READERS)
    for number, victim in enumerate(web_processes(server), 1):
        wait_for_writes(clients, number * EACH)
        os.kill(victim, signal.SIGKILL)
    wait_for_writes(clients, 3 * EACH)
    server.kill()
    server.start("/readyz")
    clients.stop()
    assert comment_faults(clients.comments) == []
    assert vote_faults(clients.votes) == []


def wait_for_writes(clients: Clients, count: int) -> None:
    """Wait until so many comments and votes were acknowledged."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while min(notes.count_ok() for notes in (clients.comments, clients.votes)) < count:
        assert time.monotonic() < deadline, "too few writes are acknowledged"
        time.sleep(0.02)


def web_processes(server: BoardServer) -> list[int]:
    """Return the processes that answer."""
    assert server.process is not None
    below = family_of(server.process.pid)[1:]
    return [pid for pid in below if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def comment_faults(notes: Notes) -> list[str]:
    """Return what is wrong with the comments and the thread's counts."""
    comments = db.session.execute(select(Comment.body_source, Comment.article_id)).all()
    assert comments
    return judge(notes, (source.split()[0] for source, _article in comments)) + faults(comments[0].article_id)


def vote_faults(notes: Notes) -> list[str]:
    """Return what is wrong with the votes, their record and the tally."""
    votes = db.session.scalars(select(Vote)).all()
    assert votes
    marks = [(f"{vote.voter_key} {place}", place) for vote in votes for place in vote.weights]
    return [
        *judge(notes, (vote.voter_key for vote in votes)),
        *judge(notes, db.session.scalars(select(VoteRecord.voter_key))),
        *judge_tally(counts_of(votes[0].ballot_id), marks),
    ]
