"""One of several workers that seal the same ballots at the same time; started by test_racing_workers."""

from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import exists, select

from board import create_app
from board.ballots.ledger import sealing
from board.ballots.ledger.lines import RESULT
from board.ballots.ledger.models import Seal
from board.ballots.votes import VoteRecord
from board.extensions import db
from tests.conftest import _settings

MAX_LOOKS = 2_000


def seal_all(database_url: str, directory: Path, batch: int, start: Barrier) -> None:
    """Seal as a worker does, in small batches, until nothing is due; fail if that never comes."""
    app = create_app(_settings(database_url, directory))
    sealing.SEAL_VOTES = batch
    sealing.PAUSE_SECONDS = 0
    with app.app_context():
        start.wait(60)
        for _look in range(MAX_LOOKS):
            if sealing.seal_due() == 0 and _is_done():
                break
        else:
            raise SystemExit("votes still wait")
        db.session.remove()
        db.engine.dispose()


def _is_done() -> bool:
    """Tell whether no vote waits and a result is sealed."""
    waits = exists().where(VoteRecord.seal.is_(None))
    said = exists().where(Seal.kind == RESULT)
    is_done = db.session.scalar(select(~waits & said))
    db.session.rollback()
    return bool(is_done)
