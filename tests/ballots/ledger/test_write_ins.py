"""A ledger holds when suggestions were listed, merged or left out, by every method."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Site
from board.ballots.choices import METHODS
from board.ballots.ledger.verifying import verify
from board.ballots.models import BallotOption
from board.ballots.write_ins import accept, merge, refuse
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.ballots.ledger.conftest import close, ledger_of, seal
from tests.ballots.test_methods import send
from tests.conftest import Browser

PLAIN_METHODS = ("several", "approval")
SUGGESTED = ("Wicked", "Cats", "Rent")


@pytest.mark.parametrize("method", METHODS)
def test_ledger_holds_after_suggestions_are_decided(
    new_reader: Callable[[], Browser], editor: User, site: Site, method: str
) -> None:
    ballot = make_ballot(site, method=method, max_choices=2, takes_write_ins=True)
    first = ballot.options[0].id
    for text in SUGGESTED:
        for mark in ("4", "2"):
            form = {"rank-0": "1", f"rank-{first}": "2", "score-0": mark, f"score-{first}": "3", "write_in": text}
            form |= {"option": "0"} if method == "one" else {"option": str(first)} if method in PLAIN_METHODS else {}
            assert send(new_reader(), ballot, form).status_code == 200
    seal()
    options = {option.text: option for option in db.session.scalars(select(BallotOption)).unique()}
    accept(ballot, options["Wicked"], editor)
    refuse(ballot, options["Cats"], editor)
    merge(ballot, options["Rent"], ballot.options[0], editor)
    db.session.commit()
    close(ballot)
    seal()
    assert verify(ledger_of(ballot)).faults == []
